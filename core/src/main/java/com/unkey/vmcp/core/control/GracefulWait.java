package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Duration;

/**
 * A graceful operation that waits for the guest to power off, while the mailbox stays open.
 *
 * @param patience how long it waits in all
 * @param endNanos when its time is over, in {@link System#nanoTime()}
 */
record GracefulWait(
        Operation operation, Duration patience, long endNanos, Reply<VmState.Kind> reply) {

    static GracefulWait begin(Operation operation, Duration patience, Reply<VmState.Kind> reply) {
        return new GracefulWait(operation, patience, System.nanoTime() + patience.toNanos(), reply);
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
    }

    /** Makes way for another operation. */
    void abort(Operation by) {
        reply.fail(new VmFailure.Aborted(operation, by));
    }

    boolean over() {
        return left().isZero();
    }
}
