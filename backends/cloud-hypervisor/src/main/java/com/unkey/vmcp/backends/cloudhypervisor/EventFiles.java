package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when a VMM has written to its event file, by inotify(7): one instance and one thread for
 * all of them. Thread-safe.
 */
final class EventFiles implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventFiles.class);

    private final Map<WatchKey, Runnable> readers = new ConcurrentHashMap<>();
    private @Nullable WatchService watch;
    private boolean closed;

    /** Ends the watching of one directory. */
    @FunctionalInterface
    interface Watching {
        void end();
    }

    /**
     * Runs {@code reader}, on the one thread for all, whenever a file in the directory was written.
     *
     * @throws VmException unavailable where the directory is gone or the host has no watches left
     */
    Watching follow(Path directory, Runnable reader) {
        try {
            WatchKey key = directory.register(service(), StandardWatchEventKinds.ENTRY_MODIFY);
            readers.put(key, reader);
            return () -> {
                readers.remove(key);
                key.cancel();
            };
        } catch (IOException | ClosedWatchServiceException e) {
            throw VmException.unavailable("the VMM's events cannot be watched", e);
        }
    }

    /** Begun with the first VM: most starts of a daemon that serves another backend need none. */
    private synchronized WatchService service() throws IOException {
        if (closed) {
            throw new ClosedWatchServiceException();
        }
        WatchService begun = watch;
        if (begun == null) {
            begun = FileSystems.getDefault().newWatchService();
            watch = begun;
            WatchService taken = begun;
            Thread.ofVirtual().name("ch-events").start(() -> serve(taken));
        }
        return begun;
    }

    private void serve(WatchService taken) {
        try {
            while (true) {
                WatchKey key = taken.take();
                key.pollEvents();
                // Before the reading: what is written meanwhile signals the key again.
                key.reset();
                read(key);
            }
        } catch (ClosedWatchServiceException e) {
            log.trace("events are watched no more", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever a reader runs into, the others go on. */
    private void read(WatchKey key) {
        Runnable reader = readers.get(key);
        if (reader == null) {
            return;
        }
        try {
            reader.run();
        } catch (RuntimeException e) {
            log.error("the events of {} were not read", key.watchable(), e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        readers.clear();
        if (watch == null) {
            return;
        }
        try {
            watch.close();
        } catch (IOException e) {
            log.warn("the watch on events cannot be closed", e);
        }
    }
}
