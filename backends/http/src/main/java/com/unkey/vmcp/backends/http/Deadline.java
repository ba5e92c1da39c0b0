package com.unkey.vmcp.backends.http;

import java.time.Duration;

/**
 * When a call has to be over.
 *
 * @param limit how long it may take in all
 * @param end on the clock of {@link System#nanoTime()}
 */
record Deadline(Duration limit, long end) {

    static Deadline after(Duration limit) {
        return new Deadline(limit, System.nanoTime() + limit.toNanos());
    }

    /** Not below 0. */
    long nanosLeft() {
        return Math.max(0, end - System.nanoTime());
    }

    /** For messages. */
    @Override
    public String toString() {
        return "within " + limit.toMillis() + " ms";
    }
}
