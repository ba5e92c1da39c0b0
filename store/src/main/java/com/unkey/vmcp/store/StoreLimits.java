package com.unkey.vmcp.store;

import java.time.Duration;

/**
 * Bounds of the store.
 *
 * @param patience how long a caller waits for its turn
 * @param queued calls that may wait; more wait for room, for as long
 * @param batch calls that share a transaction at most
 * @param pages size of the database in pages of 4 KiB at most
 */
record StoreLimits(Duration patience, int queued, int batch, long pages) {

    private static final long SQLITE_MAX_PAGES = 4_294_967_294L;

    static StoreLimits standard() {
        return new StoreLimits(Duration.ofSeconds(10), 1_024, 128, SQLITE_MAX_PAGES);
    }
}
