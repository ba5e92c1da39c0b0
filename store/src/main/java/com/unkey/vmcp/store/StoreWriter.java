package com.unkey.vmcp.store;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.store.PendingJob.Change;
import com.unkey.vmcp.store.PendingJob.Job;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns the database. Callers queue jobs and wait; the thread takes all that wait,
 * runs them in one transaction and releases their callers once it is on disk, so that a hundred
 * callers cost about as many flushes as one.
 */
final class StoreWriter implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);

    /** For opening, migrations included, and for emptying the queue at the end. */
    private static final Duration START_OR_END = Duration.ofSeconds(60);

    private final StoreLimits limits;
    private final JobQueue<PendingJob<?>> queue;
    private final Thread thread;

    private StoreWriter(StoreLimits limits, Supplier<Database> source) {
        this.limits = limits;
        this.queue = new JobQueue<>(limits.queued());
        this.thread =
                Thread.ofPlatform().name("store-writer").daemon().unstarted(() -> run(source));
    }

    /**
     * Starts the thread and waits until it has opened the database and made a first change.
     *
     * @throws VmException what {@code source} or the change threw
     */
    static StoreWriter start(StoreLimits limits, Supplier<Database> source, Change first) {
        StoreWriter writer = new StoreWriter(limits, source);
        PendingJob<Boolean> opening = new PendingJob<>("open", first.asJob());
        try {
            writer.admit(opening, START_OR_END);
            writer.thread.start();
            writer.await(opening, START_OR_END);
            return writer;
        } catch (VmException e) {
            writer.queue.close();
            throw e;
        }
    }

    /**
     * Runs a job and returns once its effect is durable.
     *
     * @param operation what it does and to which VM, for messages
     * @throws VmException where nothing has changed: the job's own, or what befell the database, or
     *     {@code Unavailable} where its turn did not come in time
     */
    <T> T call(String operation, Job<T> job) {
        PendingJob<T> pending = new PendingJob<>(operation, job);
        long deadline = System.nanoTime() + limits.patience().toNanos();
        admit(pending, limits.patience());
        return await(pending, Duration.ofNanos(deadline - System.nanoTime()));
    }

    private void admit(PendingJob<?> job, Duration patience) {
        try {
            switch (queue.add(job, patience.toNanos())) {
                case QUEUED -> {}
                case FULL -> throw tooSlow(job.operation());
                case CLOSED ->
                        throw VmException.unavailable(job.operation() + ": the store is closed");
            }
        } catch (InterruptedException e) {
            throw interrupted(job.operation(), e);
        }
    }

    /**
     * Waits for a job's turn. One that has begun may yet succeed, so that only its end tells,
     * however long that takes.
     */
    private <T> T await(PendingJob<T> job, Duration patience) {
        try {
            return job.await(patience.toNanos());
        } catch (TimeoutException e) {
            return withdrawOrFinish(job, tooSlow(job.operation()));
        } catch (InterruptedException e) {
            return withdrawOrFinish(job, interrupted(job.operation(), e));
        }
    }

    private <T> T withdrawOrFinish(PendingJob<T> job, VmException gaveUp) {
        if (queue.withdraw(job)) {
            throw gaveUp;
        }
        return job.awaitEnd();
    }

    private static VmException tooSlow(String operation) {
        return VmException.unavailable(operation + ": the state database is too slow");
    }

    private static VmException interrupted(String operation, InterruptedException e) {
        Thread.currentThread().interrupt();
        return VmException.unavailable(operation + ": interrupted while it waited", e);
    }

    private void run(Supplier<Database> source) {
        try (Database database = source.get()) {
            serve(new GroupCommit(database));
        } catch (SQLException | RuntimeException | Error e) {
            refuseAll(e);
        }
    }

    private void serve(GroupCommit commits) {
        List<PendingJob<?>> batch = queue.take(limits.batch());
        while (!batch.isEmpty()) {
            commits.commit(batch);
            batch = queue.take(limits.batch());
        }
    }

    private void refuseAll(Throwable reason) {
        queue.close();
        List<PendingJob<?>> batch = queue.take(limits.batch());
        while (!batch.isEmpty()) {
            batch.forEach(job -> job.fail(reason));
            batch = queue.take(limits.batch());
        }
    }

    /** Finishes what is queued and closes the database; nothing more gets in. */
    @Override
    public void close() {
        queue.close();
        try {
            if (!thread.join(START_OR_END)) {
                log.error("the store is still busy after {}; it is left to itself", START_OR_END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
