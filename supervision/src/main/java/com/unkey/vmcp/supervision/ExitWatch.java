package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when processes exit, our children and others: one platform thread waits in epoll_wait(2) on
 * all their pidfds, and on an eventfd that ends it. Adding takes effect while it waits, so nothing
 * is ever polled.
 */
final class ExitWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ExitWatch.class);
    private static final int EVENTS_AT_ONCE = 64;
    private static final long STOP = 0;
    private static final long CLOSE_LIMIT_MILLIS = 5_000;

    private final Map<Long, Runnable> exits = new ConcurrentHashMap<>();
    private final AtomicLong keys = new AtomicLong(STOP);
    private final NativeThread nativeThread;
    private final int epoll;
    private final int stop;
    private final Thread thread;

    private ExitWatch(NativeThread nativeThread, int epoll, int stop) {
        this.nativeThread = nativeThread;
        this.epoll = epoll;
        this.stop = stop;
        this.thread = Thread.ofPlatform().daemon().name("vmm-exit-watch").unstarted(this::watch);
    }

    static ExitWatch start(NativeThread nativeThread) throws IOException {
        ExitWatch watch =
                nativeThread.call(
                        () -> {
                            int epoll = Libc.epollCreate();
                            int stop = Libc.eventfd();
                            Libc.epollAdd(epoll, stop, STOP);
                            return new ExitWatch(nativeThread, epoll, stop);
                        });
        watch.thread.start();
        return watch;
    }

    /**
     * Has {@code onExit} called once, on the watching thread, when the process behind {@code pidfd}
     * has exited; at once where it has. Called on the native thread. Closing the pidfd ends it.
     *
     * @return what to {@link #forget} once the pidfd is closed
     */
    long add(int pidfd, Runnable onExit) throws IOException {
        long key = keys.incrementAndGet();
        exits.put(key, onExit);
        try {
            Libc.epollAdd(epoll, pidfd, key);
        } catch (IOException e) {
            exits.remove(key);
            throw e;
        }
        return key;
    }

    /** Drops what was to be called; nothing where it was. */
    void forget(long key) {
        exits.remove(key);
    }

    private void watch() {
        try (Arena arena = Arena.ofConfined()) {
            Libc.EpollEvents events = Libc.EpollEvents.of(arena, EVENTS_AT_ONCE);
            boolean going = true;
            while (going) {
                going = tell(events, await(events));
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("exits of VMMs are noticed no more", e);
        }
    }

    private int await(Libc.EpollEvents events) throws IOException {
        try {
            return Libc.epollWait(epoll, events);
        } catch (Libc.Errno e) {
            if (e.code() == Libc.EINTR) {
                return 0;
            }
            throw e;
        }
    }

    private boolean tell(Libc.EpollEvents events, int count) {
        boolean going = true;
        for (int i = 0; i < count; i++) {
            long key = events.key(i);
            going &= key != STOP;
            Runnable onExit = exits.remove(key);
            if (onExit != null) {
                onExit.run();
            }
        }
        return going;
    }

    /** Ends the thread; the processes are left alone. */
    @Override
    public void close() throws IOException {
        nativeThread.call(
                () -> {
                    Libc.signalEvent(stop);
                    return true;
                });
        try {
            thread.join(CLOSE_LIMIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IOException("the exit watch does not end");
        }
        nativeThread.call(
                () -> {
                    Libc.close(stop);
                    Libc.close(epoll);
                    return true;
                });
    }
}
