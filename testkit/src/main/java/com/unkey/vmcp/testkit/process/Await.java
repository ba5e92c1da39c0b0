package com.unkey.vmcp.testkit.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks again and again until a condition holds or a deadline passes; what tests use in place of a
 * fixed sleep.
 */
public final class Await {

    /** Long enough for a loaded machine, short enough for a test's time limit. */
    public static final Duration LIMIT = Duration.ofSeconds(20);

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Await() {}

    /** Waits up to {@link #LIMIT} for {@code condition}. */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, LIMIT, condition);
    }

    /**
     * Waits up to {@code limit} for {@code condition}.
     *
     * @param what what is waited for, for the message
     * @throws AssertionError where it does not come to hold; an exception of the last look is the
     *     cause
     */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        value(what, limit, () -> condition.call() ? Optional.of(true) : Optional.empty());
    }

    /** Waits up to {@link #LIMIT} for {@code source} to have a value. */
    public static <T> T value(String what, Callable<Optional<T>> source) {
        return value(what, LIMIT, source);
    }

    /**
     * Waits up to {@code limit} for {@code source} to have a value. An exception counts as none
     * yet; the last one is the cause of the error.
     *
     * @throws AssertionError where it comes to have none
     */
    public static <T> T value(String what, Duration limit, Callable<Optional<T>> source) {
        long end = System.nanoTime() + limit.toNanos();
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            Look<T> look = look(source);
            if (look.value().isPresent()) {
                return look.value().get();
            }
            if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                throw tooLate(what, limit, look);
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
        }
    }

    private static <T> Look<T> look(Callable<Optional<T>> source) {
        try {
            return new Look<>(source.call(), Optional.empty());
        } catch (Exception e) {
            return new Look<>(Optional.empty(), Optional.of(e));
        }
    }

    private static AssertionError tooLate(String what, Duration limit, Look<?> last) {
        String message = "not within " + limit.toMillis() + " ms: " + what;
        return last.failure()
                .map(failure -> new AssertionError(message, failure))
                .orElseGet(() -> new AssertionError(message));
    }

    private record Look<T>(Optional<T> value, Optional<Exception> failure) {}
}
