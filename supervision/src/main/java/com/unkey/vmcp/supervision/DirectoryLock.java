package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Exclusive use of a directory: flock(2) on its file {@code lock}, which holds the holder's pid for
 * messages. The JDK's file locks will not do: those are lost when any other descriptor of the file
 * is closed in the same process.
 */
final class DirectoryLock implements AutoCloseable {

    /** A daemon that was just killed holds its lock until the kernel has torn it down. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final int descriptor;
    private boolean closed;

    private DirectoryLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Takes the lock of {@code directory}.
     *
     * @throws StartException where another daemon keeps it
     */
    static DirectoryLock take(Path directory) throws IOException {
        Path file = directory.resolve("lock");
        int flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC | Libc.O_NOFOLLOW;
        DirectoryLock lock = new DirectoryLock(Libc.open(file, flags, 0600));
        try {
            lock.acquire(directory, file);
            Files.writeString(file, ProcessHandle.current().pid() + "\n");
            return lock;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private void acquire(Path directory, Path file) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!tryLock()) {
            if (System.nanoTime() - end >= 0) {
                throw new StartException(
                        "state directory %s is in use by another daemon, pid %s"
                                .formatted(directory, holder(file)));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean tryLock() throws IOException {
        try {
            Libc.lock(descriptor);
            return true;
        } catch (Libc.Errno e) {
            if (e.code() == Libc.EWOULDBLOCK || e.code() == Libc.EINTR) {
                return false;
            }
            throw e;
        }
    }

    private static String holder(Path file) throws IOException {
        String pid = Files.readString(file, StandardCharsets.US_ASCII).strip();
        return pid.isEmpty() ? "unknown" : pid;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            Libc.close(descriptor);
        } catch (IOException e) {
            throw new UncheckedIOException("the state directory's lock cannot be given up", e);
        }
    }
}
