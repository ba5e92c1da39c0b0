package com.unkey.vmcp.backends.firecracker.kernel;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A directory of decompressed kernels, each a file named by its key. A file gets that name when it
 * is whole; what is found under another name was left by a daemon that was killed. The time of a
 * file's last change is when it was last asked for.
 *
 * <p>Thread-safe, but for {@link #add}, which one thread at a time may run.
 */
final class VmlinuxCache {

    private static final String UNFINISHED = ".new";

    /**
     * @param files kept at most
     * @param bytes kept at most
     * @param lease how long a file stays at least after it was asked for: whoever asked has opened
     *     it by then
     */
    record Limits(int files, long bytes, Duration lease) {
        static final Limits DEFAULT = new Limits(32, 4L << 30, Duration.ofMinutes(5));
    }

    private final Path directory;
    private final Limits limits;
    private final InstantSource clock;

    VmlinuxCache(Path directory, Limits limits, InstantSource clock) {
        this.directory = directory;
        this.limits = limits;
        this.clock = clock;
    }

    @FunctionalInterface
    interface Writer {
        void write(VmlinuxFile target) throws IOException;
    }

    private record Kept(Path path, long bytes, Instant used) {}

    /** The file of that key, which stays for the lease from now on. */
    synchronized Optional<Path> use(VmlinuxKey key) {
        Path path = directory.resolve(key.fileName());
        try {
            BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
            if (!found.isRegularFile() || found.size() != key.size()) {
                return Optional.empty();
            }
            touch(path);
            return Optional.of(path);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw VmlinuxFile.unwritable(e);
        }
    }

    /**
     * Makes a file that is not there.
     *
     * @throws IOException what {@code writer} throws; there is no file then
     * @throws VmException unavailable where the directory cannot be written, limit reached where it
     *     is full of kernels that were asked for just now
     */
    Path add(VmlinuxKey key, Writer writer) throws IOException {
        Path unfinished = directory.resolve(key.fileName() + UNFINISHED);
        VmlinuxFile begun = begin(unfinished, key);
        try (VmlinuxFile target = begun) {
            writer.write(target);
            return finish(target, unfinished, directory.resolve(key.fileName()));
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private VmlinuxFile begin(Path unfinished, VmlinuxKey key) {
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            makeRoom(key.size());
            return VmlinuxFile.create(unfinished, key.size());
        } catch (IOException e) {
            throw VmlinuxFile.unwritable(e);
        }
    }

    private Path finish(VmlinuxFile target, Path unfinished, Path path) {
        try {
            target.sync();
            touch(unfinished);
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("r--r--r--"));
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel made = FileChannel.open(directory, StandardOpenOption.READ)) {
                made.force(true);
            }
            return path;
        } catch (IOException e) {
            throw VmlinuxFile.unwritable(e);
        }
    }

    private void touch(Path path) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(clock.instant()));
    }

    private synchronized void makeRoom(long bytes) throws IOException {
        List<Kept> kept = sweep();
        kept.sort(Comparator.comparing(Kept::used));
        long total = bytes + kept.stream().mapToLong(Kept::bytes).sum();
        int files = kept.size() + 1;
        for (Kept eldest : kept) {
            if (files <= limits.files() && total <= limits.bytes()) {
                return;
            }
            if (!eldest.used().plus(limits.lease()).isBefore(clock.instant())) {
                throw full();
            }
            Files.delete(eldest.path());
            files--;
            total -= eldest.bytes();
        }
        if (total > limits.bytes()) {
            throw full();
        }
    }

    private VmException full() {
        return new VmException(
                new VmFailure.LimitReached(
                        "the directory of decompressed kernels is full: it holds %d files and %d MiB at most, and those in it were asked for within %d s"
                                .formatted(
                                        limits.files(),
                                        limits.bytes() >> 20,
                                        limits.lease().toSeconds())));
    }

    /** All kernels; whatever else is there is removed. */
    private List<Kept> sweep() throws IOException {
        List<Kept> kept = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                var found = Files.readAttributes(entry, BasicFileAttributes.class);
                if (VmlinuxKey.ofFileName(entry.getFileName().toString()).isPresent()) {
                    kept.add(new Kept(entry, found.size(), found.lastModifiedTime().toInstant()));
                } else if (entry.toString().endsWith(UNFINISHED)) {
                    Files.delete(entry);
                }
            }
        }
        return kept;
    }
}
