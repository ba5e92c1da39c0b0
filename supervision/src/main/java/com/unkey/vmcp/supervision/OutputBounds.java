package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps files that VMMs write from filling the disk. A file beyond its limit has its beginning
 * freed by a hole: the newest {@code limit} bytes stay where they are, so that neither the writer
 * nor a reader who knows an offset is disturbed; what a file occupies is the limit and what is
 * written between two passes.
 *
 * <p>On a file system without holes the file is truncated to nothing when it is beyond its limit.
 * Its writer must have opened it for appending, as all of ours do.
 *
 * <p>One platform thread does it all; nothing here is shared with another.
 */
final class OutputBounds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OutputBounds.class);
    private static final long BLOCK = 4096;
    private static final long CLOSE_LIMIT_SECONDS = 5;

    private final long limit;
    private final HolePunch punch;
    private final Set<Registration> registrations = new LinkedHashSet<>();
    private final ScheduledThreadPoolExecutor executor;

    /**
     * @param limit bytes that each file may hold
     */
    OutputBounds(long limit, Duration period, HolePunch punch) {
        this.limit = limit;
        this.punch = punch;
        this.executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        Thread.ofPlatform().daemon().name("vmm-output-bounds").factory(),
                        new ThreadPoolExecutor.DiscardPolicy());
        var _ =
                executor.scheduleWithFixedDelay(
                        this::pass, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Bounds the files from now on; the first pass follows at once. */
    Registration register(List<Path> files) {
        Registration registration = new Registration(files.stream().map(BoundedFile::new).toList());
        executor.execute(
                () -> {
                    registrations.add(registration);
                    registration.pass();
                });
        return registration;
    }

    private void pass() {
        registrations.forEach(Registration::pass);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("bounding of outputs does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The files of one VMM. */
    final class Registration {

        private final List<BoundedFile> files;

        private Registration(List<BoundedFile> files) {
            this.files = files;
        }

        private void pass() {
            files.forEach(BoundedFile::bound);
        }

        /** Bounds the files for the last time. */
        void end() {
            executor.execute(
                    () -> {
                        registrations.remove(this);
                        pass();
                    });
        }
    }

    private final class BoundedFile {

        private final Path path;
        private long freed;
        private boolean warned;

        private BoundedFile(Path path) {
            this.path = path;
        }

        private void bound() {
            try {
                BasicFileAttributes found =
                        Files.readAttributes(
                                path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (found.isRegularFile()) {
                    bound(found.size());
                }
            } catch (NoSuchFileException _) {
                freed = 0;
            } catch (IOException | RuntimeException e) {
                warnOnce("cannot be bounded", e);
            }
        }

        private void bound(long size) throws IOException {
            long end = Math.max(0, size - limit) / BLOCK * BLOCK;
            if (end == 0 || end == freed) {
                return;
            }
            if (punch.free(path, end)) {
                freed = end;
            } else {
                truncate();
            }
        }

        private void truncate() throws IOException {
            warnOnce("is on a file system without holes and is truncated instead", null);
            try (FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                channel.truncate(0);
            }
        }

        private void warnOnce(String what, @Nullable Exception e) {
            if (!warned) {
                warned = true;
                LOG.warn("output {} {}", path, what, e);
            }
        }
    }
}
