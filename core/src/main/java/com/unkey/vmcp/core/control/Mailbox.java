package com.unkey.vmcp.core.control;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What waits for one VM: calls in order of arrival, at most {@link Limits#MAILBOX}, and ahead of
 * them a request to look, which however often made stands for one look.
 *
 * <p>Any thread may post; one takes.
 */
final class Mailbox {

    /** How posting a call went. */
    enum Posted {
        QUEUED,
        FULL,
        CLOSED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition posted = lock.newCondition();
    private final ArrayDeque<Message.Call> calls = new ArrayDeque<>();
    private boolean look;
    private boolean stop;
    private boolean closed;

    Posted post(Message.Call call) {
        return locked(
                () -> {
                    if (closed) {
                        return Posted.CLOSED;
                    }
                    calls.removeIf(waiting -> waiting.reply().abandoned());
                    if (calls.size() >= Limits.MAILBOX) {
                        return Posted.FULL;
                    }
                    calls.add(call);
                    posted.signal();
                    return Posted.QUEUED;
                });
    }

    /** Asks for a look; never blocks for long and never fails. */
    void look() {
        lock.lock();
        try {
            look = true;
            posted.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Asks the actor to end; ahead of everything else. */
    void stop() {
        lock.lock();
        try {
            stop = true;
            posted.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The next message; a look where none comes within {@code limit}. */
    Message take(Optional<Duration> limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            await(limit);
            if (stop) {
                return new Message.Stop();
            }
            if (look || calls.isEmpty()) {
                look = false;
                return new Message.Look();
            }
            return calls.remove();
        } finally {
            lock.unlock();
        }
    }

    private void await(Optional<Duration> limit) throws InterruptedException {
        long left = limit.map(Duration::toNanos).orElse(Long.MAX_VALUE);
        while (!stop && !look && calls.isEmpty() && left > 0) {
            if (limit.isPresent()) {
                left = posted.awaitNanos(left);
            } else {
                posted.await(1, TimeUnit.DAYS);
            }
        }
    }

    /** Takes no more; gives back what still waits. */
    List<Message.Call> close() {
        return locked(
                () -> {
                    closed = true;
                    List<Message.Call> left = new ArrayList<>(calls);
                    calls.clear();
                    return left;
                });
    }

    private <T> T locked(Supplier<T> body) {
        lock.lock();
        try {
            return body.get();
        } finally {
            lock.unlock();
        }
    }
}
