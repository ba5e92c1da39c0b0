package com.unkey.vmcp.testkit.hypervisor;

import com.unkey.vmcp.testkit.process.Await;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Trouble that a test prepares for the next call of a name. Safe on every thread. */
public final class Faults {

    private final Map<String, RuntimeException> failures = new ConcurrentHashMap<>();
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();

    /** A call that is held up until the test lets it go on. */
    public static final class Gate {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        /** Waits until the call has come to the gate. */
        public void awaitReached() {
            await(reached);
        }

        /** Lets the call go on. */
        public void open() {
            open.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                if (!latch.await(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new AssertionError("nobody came within " + Await.LIMIT);
                }
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted at a gate", e);
            }
        }
    }

    /** Fails the next call of that name. */
    public void failNext(String call) {
        failNext(call, FakeHypervisor.injected(call));
    }

    /** Fails the next call of that name with {@code failure}. */
    public void failNext(String call, RuntimeException failure) {
        failures.put(call, failure);
    }

    /** Holds up the next call of that name. */
    public Gate holdNext(String call) {
        Gate gate = new Gate();
        gates.put(call, gate);
        return gate;
    }

    void pass(String call) {
        Gate gate = gates.remove(call);
        if (gate != null) {
            gate.reached.countDown();
            Gate.await(gate.open);
        }
        RuntimeException failure = failures.remove(call);
        if (failure != null) {
            throw failure;
        }
    }
}
