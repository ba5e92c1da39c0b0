package com.unkey.vmcp.connect.behaviour;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Waits for what shows itself in no event, with a deadline. */
final class Quiet {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(20);

    /** Looks without a change after which a number counts as one that stays. */
    private static final int CALM = 25;

    private Quiet() {}

    /** Looks until the condition holds. */
    static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    /** Looks until a number above 0 stays what it is. */
    static long settled(String what, LongSupplier number) throws Exception {
        long[] last = {number.getAsLong(), 0};
        until(
                what,
                () -> {
                    long now = number.getAsLong();
                    last[1] = now == last[0] && now > 0 ? last[1] + 1 : 0;
                    last[0] = now;
                    return last[1] >= CALM;
                });
        return last[0];
    }
}
