package com.unkey.vmcp.backends.firecracker.kernel;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Finds, for a kernel that a user named, the file that Firecracker can boot. Thread-safe. */
public final class KernelImages {

    private static final String FIELD = "config.boot.kernel_path";
    private static final Duration TURN_LIMIT = Duration.ofMinutes(1);

    private final VmlinuxCache cache;
    private final InstantSource clock;
    private final KnownFiles known = new KnownFiles();
    private final ReentrantLock turn = new ReentrantLock();

    /**
     * @param directory where kernels that were taken out of a bzImage are kept; made when the first
     *     one is, mode 0755, its files 0444. No other process may work in it
     */
    public KernelImages(Path directory) {
        this(directory, VmlinuxCache.Limits.DEFAULT, InstantSource.system());
    }

    KernelImages(Path directory, VmlinuxCache.Limits limits, InstantSource clock) {
        this.cache = new VmlinuxCache(directory, limits, clock);
        this.clock = clock;
    }

    /**
     * The kernel itself where it is an ELF64 vmlinux for x86-64; the vmlinux of a bzImage, which
     * stays where it is for at least some minutes. Blocks, mostly for some microseconds, for some
     * seconds where a kernel is seen for the first time.
     *
     * @throws VmException invalid where the kernel is neither or is damaged, with what it is;
     *     unavailable where the directory cannot be used
     */
    public Path bootable(Path kernel) {
        try {
            return look(kernel);
        } catch (NoSuchFileException e) {
            throw invalid("does not exist", kernel, e);
        } catch (AccessDeniedException e) {
            throw invalid("cannot be read", kernel, e);
        } catch (KernelFormatException e) {
            throw invalid(e.reason(), kernel, e);
        } catch (IOException e) {
            throw invalid("cannot be read", kernel, e);
        }
    }

    private Path look(Path kernel) throws IOException {
        FileIdentity identity = FileIdentity.of(kernel);
        Optional<Path> hit = known.find(identity).flatMap(cache::use);
        return hit.isPresent() ? hit.get() : open(kernel, identity);
    }

    private Path open(Path kernel, FileIdentity identity) throws IOException {
        try (FileChannel channel = FileChannel.open(kernel, StandardOpenOption.READ)) {
            return switch (KernelFormat.of(channel)) {
                case KernelFormat.Vmlinux _ -> kernel;
                case KernelFormat.Packed(BzImage image) ->
                        inTurn(() -> vmlinux(kernel, identity, image, channel));
                case KernelFormat.Other(String what) ->
                        throw new KernelFormatException(
                                "is neither an ELF64 vmlinux for x86-64 nor a bzImage, but "
                                        + what);
            };
        }
    }

    private Path vmlinux(Path kernel, FileIdentity identity, BzImage image, FileChannel channel)
            throws IOException {
        // Whoever had the turn before may have been here for the same kernel.
        Optional<Path> hit = known.find(identity).flatMap(cache::use);
        if (hit.isPresent()) {
            return hit.get();
        }
        Instant start = clock.instant();
        VmlinuxKey key = image.key(channel);
        Optional<Path> kept = cache.use(key);
        Path vmlinux =
                kept.isPresent()
                        ? kept.get()
                        : cache.add(key, target -> image.unpack(channel, key, target));
        if (identity.settledBefore(start) && identity.equals(FileIdentity.of(kernel))) {
            known.remember(identity, key);
        }
        return vmlinux;
    }

    private interface Step {
        Path run() throws IOException;
    }

    private Path inTurn(Step step) throws IOException {
        try {
            if (!turn.tryLock(TURN_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw VmException.unavailable(
                        "another kernel has been decompressed for %d s"
                                .formatted(TURN_LIMIT.toSeconds()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VmException.unavailable("interrupted while a kernel was decompressed", e);
        }
        try {
            return step.run();
        } finally {
            turn.unlock();
        }
    }

    private static VmException invalid(String what, Path kernel, IOException cause) {
        return new VmException(VmFailure.Invalid.field(FIELD, what + ": " + kernel), cause);
    }
}
