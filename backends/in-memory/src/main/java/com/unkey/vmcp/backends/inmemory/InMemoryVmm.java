package com.unkey.vmcp.backends.inmemory;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * A VM whose guest does nothing but use up the time of its one vCPU, and heeds its power button at
 * once, or when it runs on. Thread-safe.
 */
final class InMemoryVmm implements Vmm {

    private final long memoryBytes;
    private Observation seen = new Observation.Prepared();
    private Runnable onChange = () -> {};
    private boolean pressed;
    private int starts;
    private long ranNanos;
    private long runsSince;

    InMemoryVmm(long memoryBytes) {
        this.memoryBytes = memoryBytes;
    }

    /** Whom to tell of changes from now on. */
    synchronized void tell(Runnable listener) {
        onChange = listener;
    }

    @Override
    public void boot() {
        start();
    }

    @Override
    public void reset() {
        start();
    }

    private void start() {
        synchronized (this) {
            requireAlive();
            pressed = false;
            starts++;
        }
        become(new Observation.Running());
    }

    @Override
    public void pause() {
        requireAlive();
        become(new Observation.Paused());
    }

    @Override
    public void resume() {
        requireAlive();
        become(new Observation.Running());
        heedButton();
    }

    @Override
    public void pressPowerButton() {
        synchronized (this) {
            requireAlive();
            pressed = true;
        }
        heedButton();
    }

    private void heedButton() {
        boolean heeded;
        synchronized (this) {
            heeded = pressed && seen instanceof Observation.Running;
            pressed &= !heeded;
        }
        if (heeded) {
            become(new Observation.PoweredOff("guest powered off"));
        }
    }

    @Override
    public void stop() {
        die("stopped");
    }

    /** Ends as if killed. */
    void die(String reason) {
        become(new Observation.Gone(reason));
    }

    /** Nobody comes back from the dead; whoever is told asks at once, so outside the lock. */
    private void become(Observation next) {
        Runnable told;
        synchronized (this) {
            if (!isAlive()) {
                return;
            }
            ranNanos = ran();
            runsSince = System.nanoTime();
            seen = next;
            told = onChange;
        }
        told.run();
    }

    synchronized boolean isAlive() {
        return !(seen instanceof Observation.Gone);
    }

    private synchronized void requireAlive() {
        if (seen instanceof Observation.Gone(String reason)) {
            throw VmException.unavailable("the VMM is gone: " + reason);
        }
    }

    /** How often the guest began. */
    synchronized int starts() {
        return starts;
    }

    /** Nanoseconds that the vCPU has run. */
    synchronized long ran() {
        boolean runs = seen instanceof Observation.Running;
        return runs ? ranNanos + System.nanoTime() - runsSince : ranNanos;
    }

    @Override
    public synchronized Observation observe() {
        return seen;
    }

    @Override
    public Sample sample() {
        requireAlive();
        return new Sample(
                Duration.ofNanos(ran()),
                memoryBytes,
                Sample.NetworkCounters.ZERO,
                Sample.StorageCounters.ZERO);
    }

    /** It lives in the daemon's own process. */
    @Override
    public OptionalLong pid() {
        return isAlive() ? OptionalLong.of(ProcessHandle.current().pid()) : OptionalLong.empty();
    }

    @Override
    public synchronized void close() {
        onChange = () -> {};
    }
}
