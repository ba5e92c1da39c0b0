package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One platform thread for short foreign calls, so that callers on virtual threads do not hold their
 * carriers over them. What is touched here alone needs no lock.
 */
final class NativeThread implements AutoCloseable {

    private static final long LIMIT_SECONDS = 10;

    private final ExecutorService executor;

    NativeThread(String name) {
        this.executor =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name(name).factory());
    }

    /**
     * Runs {@code work} and waits for it, interrupted or not: what it opens must not be lost.
     *
     * @throws IOException that {@code work} threw
     * @throws VmException unavailable where the thread is stopped or does not get to it in time
     */
    <T> T call(Callable<T> work) throws IOException {
        Future<T> result = submitted(work);
        try {
            return awaited(result);
        } catch (ExecutionException e) {
            throw translated(e);
        } catch (TimeoutException e) {
            // What nobody waits for any more must not begin.
            result.cancel(false);
            throw VmException.unavailable("process supervision does not answer", e);
        }
    }

    private <T> Future<T> submitted(Callable<T> work) {
        try {
            return executor.submit(work);
        } catch (RejectedExecutionException e) {
            throw VmException.unavailable("process supervision is stopped", e);
        }
    }

    private static <T> T awaited(Future<T> result) throws ExecutionException, TimeoutException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException translated(ExecutionException e) throws IOException {
        return switch (e.getCause()) {
            case IOException cause -> throw cause;
            case Error cause -> throw cause;
            case RuntimeException cause -> cause;
            case null, default -> new IllegalStateException(e);
        };
    }

    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
