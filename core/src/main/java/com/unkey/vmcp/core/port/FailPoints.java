package com.unkey.vmcp.core.port;

import com.unkey.vmcp.core.vm.Action;

/**
 * Places where a test can end the daemon to see what a restart makes of it. In the shipped daemon
 * nothing can arm them.
 */
@FunctionalInterface
public interface FailPoints {

    /** Called when the daemon gets to {@code point} while it does {@code action}. */
    void reach(Point point, Action action);

    /** The points that do nothing. */
    static FailPoints none() {
        return (point, action) -> {};
    }

    /** The instants at which a kill hurts most. */
    enum Point {
        /** The intent is durable, nothing is done. */
        INTENT_RECORDED,
        /** The VMM's process is there, its record is not. */
        SPAWNED,
        /** It is done, the outcome is not recorded. */
        ACTED,
        /** The outcome is durable, nobody has been told. */
        OUTCOME_RECORDED
    }
}
