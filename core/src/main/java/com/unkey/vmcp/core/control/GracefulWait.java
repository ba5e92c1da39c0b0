package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Duration;

/**
 * A graceful operation that waits for the guest to power off, while the mailbox stays open.
 *
 * <p>A guest that has not come up yet misses its power button, so the button is pressed again every
 * {@link Limits#PRESS_AGAIN}; one that is on its way down does not care.
 *
 * @param patience how long it waits in all
 * @param endNanos when its time is over, in {@link System#nanoTime()}
 * @param pressNanos when the button is to be pressed again
 */
record GracefulWait(
        Operation operation,
        Duration patience,
        long endNanos,
        long pressNanos,
        Reply<VmState.Kind> reply) {

    static GracefulWait begin(Operation operation, Duration patience, Reply<VmState.Kind> reply) {
        long end = System.nanoTime() + patience.toNanos();
        return new GracefulWait(operation, patience, end, end, reply).pressed();
    }

    /** The same wait, with the button just pressed. */
    GracefulWait pressed() {
        long next = System.nanoTime() + Limits.PRESS_AGAIN.toNanos();
        return new GracefulWait(operation, patience, endNanos, next, reply);
    }

    boolean pressDue() {
        return System.nanoTime() - pressNanos >= 0;
    }

    boolean over() {
        return System.nanoTime() - endNanos >= 0;
    }

    /** How long there is nothing to do for it. */
    Duration idle() {
        long next = Math.min(endNanos - System.nanoTime(), pressNanos - System.nanoTime());
        return Duration.ofNanos(Math.max(0, next));
    }

    /** What is told where the guest has not obeyed in time. */
    VmException tooSlow() {
        return new VmException(new VmFailure.TooSlow(operation, patience));
    }

    /** Makes way for another operation. */
    void abort(Operation by) {
        reply.fail(new VmFailure.Aborted(operation, by));
    }
}
