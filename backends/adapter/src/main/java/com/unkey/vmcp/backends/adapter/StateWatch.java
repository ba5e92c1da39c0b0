package com.unkey.vmcp.backends.adapter;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks a VMM every second how its VM is, where the VMM has no other way of telling us what somebody
 * else did to it. Thread-safe.
 *
 * @param <S> state of a VM
 */
public final class StateWatch<S> implements AutoCloseable {

    private static final long PERIOD_MILLIS = 1000;

    private final Supplier<Optional<S>> look;
    private final Runnable onChange;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile S expected;

    /**
     * @param look asks; empty where the VM is not there or nobody answers
     * @param onChange told once of each state that is not the expected one
     */
    public StateWatch(S expected, Supplier<Optional<S>> look, Runnable onChange) {
        this.expected = expected;
        this.look = look;
        this.onChange = onChange;
    }

    /** Begins to ask, until it is closed. */
    public void start(String threadName) {
        Thread.ofVirtual().name(threadName).start(this::poll);
    }

    private void poll() {
        try {
            Optional<Optional<S>> told = Optional.empty();
            while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                Optional<S> seen = look.get();
                boolean asExpected = seen.equals(Optional.of(expected));
                if (!asExpected && !told.equals(Optional.of(seen))) {
                    onChange.run();
                }
                told = asExpected ? Optional.empty() : Optional.of(seen);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What our own calls make of the VM, so that it is no news. */
    public void expect(S state) {
        expected = state;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
