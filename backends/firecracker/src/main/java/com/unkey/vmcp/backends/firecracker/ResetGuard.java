package com.unkey.vmcp.backends.firecracker;

import java.time.Duration;

/**
 * Tells a guest that resets itself now and then from one that does nothing else, and would keep the
 * host busy with that for ever. For one thread.
 */
final class ResetGuard {

    /** Starts anew that are granted to a guest that resets itself at once each time. */
    static final int MOST = 5;

    /** Whoever runs longer has done something else in between. */
    static final Duration AT_ONCE = Duration.ofSeconds(1);

    private int inRow;

    /** Whether the guest, which reset itself after that time, is to be left alone. */
    boolean tooOften(Duration lifetime) {
        return inRow >= MOST && atOnce(lifetime);
    }

    /** The guest is started anew for having reset itself after that time. */
    void granted(Duration lifetime) {
        inRow = atOnce(lifetime) ? inRow + 1 : 0;
    }

    /** The guest is started anew because somebody wants it. */
    void wanted() {
        inRow = 0;
    }

    private static boolean atOnce(Duration lifetime) {
        return lifetime.compareTo(AT_ONCE) < 0;
    }
}
