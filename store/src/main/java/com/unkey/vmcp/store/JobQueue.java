package com.unkey.vmcp.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded queue that hands out all it holds at once and can be closed. Under one lock, so that an
 * item is either taken or withdrawn, and none gets in after the end.
 */
final class JobQueue<T> {

    private final int capacity;
    private final Deque<T> waiting = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition room = lock.newCondition();
    private boolean closed;

    JobQueue(int capacity) {
        this.capacity = capacity;
    }

    /** What became of an item. */
    enum Admission {
        QUEUED,
        FULL,
        CLOSED
    }

    /** Adds an item as soon as there is room; {@code FULL} where there was none for so long. */
    Admission add(T item, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!closed && waiting.size() >= capacity) {
                if (left <= 0) {
                    return Admission.FULL;
                }
                left = room.awaitNanos(left);
            }
            return closed ? Admission.CLOSED : enqueue(item);
        } finally {
            lock.unlock();
        }
    }

    private Admission enqueue(T item) {
        waiting.add(item);
        arrived.signal();
        return Admission.QUEUED;
    }

    /** Takes an item back; false where it was taken already. */
    boolean withdraw(T item) {
        lock.lock();
        try {
            boolean withdrawn = waiting.remove(item);
            room.signal();
            return withdrawn;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for items and takes up to {@code most}; empty once closed and drained. */
    List<T> take(int most) {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.awaitUninterruptibly();
            }
            return drain(most);
        } finally {
            lock.unlock();
        }
    }

    private List<T> drain(int most) {
        List<T> taken = new ArrayList<>();
        while (taken.size() < most && !waiting.isEmpty()) {
            taken.add(waiting.remove());
        }
        room.signalAll();
        return taken;
    }

    /** Lets nothing more in; what waits can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
