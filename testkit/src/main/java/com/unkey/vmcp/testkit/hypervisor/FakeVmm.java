package com.unkey.vmcp.testkit.hypervisor;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A VMM in memory, with a guest that a test plays. Safe on every thread. */
public final class FakeVmm implements Vmm {

    private static final Duration SLICE = Duration.ofMillis(10);

    private final Faults faults;
    private final int heededPress;
    private Observation seen = new Observation.Prepared();
    private Runnable onChange = () -> {};
    private int boots;
    private int powerPresses;
    private Optional<String> bond = Optional.empty();
    private Duration cpuTime = Duration.ZERO;

    FakeVmm(Faults faults, int heededPress) {
        this.faults = faults;
        this.heededPress = heededPress;
    }

    synchronized void attach(Runnable listener) {
        onChange = listener;
    }

    @Override
    public void boot() {
        faults.pass("boot");
        become("boot", new Observation.Running());
        counted();
    }

    @Override
    public void pause() {
        faults.pass("pause");
        become("pause", new Observation.Paused());
    }

    @Override
    public void resume() {
        faults.pass("resume");
        become("resume", new Observation.Running());
    }

    @Override
    public void pressPowerButton() {
        faults.pass("pressPowerButton");
        boolean heeded;
        synchronized (this) {
            requireAlive("pressPowerButton");
            powerPresses++;
            heeded = powerPresses == heededPress;
        }
        if (heeded) {
            powerOffGuest();
        }
    }

    @Override
    public void reset() {
        faults.pass("reset");
        become("reset", new Observation.Running());
        counted();
    }

    @Override
    public void stop() {
        faults.pass("stop");
        become(new Observation.Gone("stopped"));
    }

    @Override
    public synchronized Observation observe() {
        faults.pass("observe");
        return seen;
    }

    @Override
    public Sample sample() {
        faults.pass("sample");
        synchronized (this) {
            requireAlive("sample");
            cpuTime = cpuTime.plus(SLICE);
            return new Sample(
                    cpuTime, 1024, Sample.NetworkCounters.ZERO, Sample.StorageCounters.ZERO);
        }
    }

    @Override
    public OptionalLong pid() {
        return alive() ? OptionalLong.of(4242) : OptionalLong.empty();
    }

    @Override
    public synchronized void close() {
        onChange = () -> {};
    }

    @Override
    public synchronized Optional<String> inability(Operation asked) {
        return asked.force() ? bond : Optional.empty();
    }

    /** From now on nothing can be done with force. */
    public synchronized void refuseForce(String why) {
        bond = Optional.of(why);
    }

    /** The guest ends by itself. */
    public void powerOffGuest() {
        become(new Observation.PoweredOff("guest powered off"));
    }

    /** The guest asks to be started anew. */
    public void resetGuest() {
        become(new Observation.GuestReset());
    }

    /** The VMM dies. */
    public void crash(String reason) {
        become(new Observation.Gone(reason));
    }

    /** Somebody else stops the vCPUs. */
    public void pauseBehindTheBack() {
        become(new Observation.Paused());
    }

    public synchronized boolean alive() {
        return !(seen instanceof Observation.Gone);
    }

    /** How often a guest was started in it. */
    public synchronized int boots() {
        return boots;
    }

    public synchronized int powerPresses() {
        return powerPresses;
    }

    /** A guest that was started anew knows nothing of a button pressed before. */
    private synchronized void counted() {
        powerPresses = 0;
        boots++;
    }

    private void become(String call, Observation next) {
        synchronized (this) {
            requireAlive(call);
            become(next);
        }
    }

    /** The dead stay dead. */
    private void become(Observation next) {
        Runnable listener;
        synchronized (this) {
            if (seen instanceof Observation.Gone) {
                return;
            }
            seen = next;
            listener = onChange;
        }
        listener.run();
    }

    private void requireAlive(String call) {
        if (seen instanceof Observation.Gone(String reason)) {
            throw VmException.unavailable(call + ": " + reason);
        }
    }
}
