package com.unkey.vmcp.store;

import com.unkey.vmcp.core.failure.VmException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Something to do in the database and the caller who waits for it. The store's thread runs it,
 * then, when the transaction is on disk, releases the caller.
 */
final class PendingJob<T> {

    private final String operation;
    private final Job<T> job;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private Runnable outcome = () -> {};

    PendingJob(String operation, Job<T> job) {
        this.operation = operation;
        this.job = job;
    }

    /** Runs inside a transaction; what it throws undoes it and nothing else. */
    @FunctionalInterface
    interface Job<T> {
        T run(VmTable vms) throws SQLException;
    }

    /** A job without a result. */
    @FunctionalInterface
    interface Change {
        void apply(VmTable vms) throws SQLException;

        default Job<Boolean> asJob() {
            return vms -> {
                apply(vms);
                return true;
            };
        }
    }

    /** What it does and to which VM, for messages. */
    String operation() {
        return operation;
    }

    void run(VmTable vms) throws SQLException {
        T value = job.run(vms);
        outcome = () -> done.complete(value);
    }

    void refuse(VmException refusal) {
        outcome = () -> done.completeExceptionally(refusal);
    }

    /** Tells the caller what {@link #run} or {@link #refuse} left. */
    void release() {
        outcome.run();
    }

    /** Tells the caller that it did not happen, unless the caller knows better already. */
    void fail(Throwable reason) {
        done.completeExceptionally(SqlFailures.translate(operation, reason));
    }

    T await(long nanos) throws InterruptedException, TimeoutException {
        try {
            return done.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw rethrown(e);
        }
    }

    /** For a job that is under way; deaf to interrupts. */
    T awaitEnd() {
        try {
            return done.join();
        } catch (CompletionException e) {
            throw rethrown(e);
        }
    }

    /** With the caller's stack, the store thread's below it. */
    private VmException rethrown(Exception thrown) {
        return thrown.getCause() instanceof VmException cause
                ? new VmException(cause.failure(), cause)
                : VmException.unavailable(operation + " failed", thrown);
    }
}
