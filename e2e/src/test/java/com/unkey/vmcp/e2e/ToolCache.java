package com.unkey.vmcp.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What was installed from a registry, kept from run to run: a directory for each exact wish. */
final class ToolCache {

    /** Written last: without it an installation was cut short. */
    private static final String COMPLETE = ".complete";

    /** Files are locked for a whole process, so its threads need locks of their own. */
    private static final Map<String, Lock> LOCKS = new ConcurrentHashMap<>();

    private ToolCache() {}

    /**
     * The directory that holds what the wish names, made first where it is not there.
     *
     * @param wish all that decides what is in it, such as a lock file
     * @param maker fills the new directory and throws where it cannot
     */
    static Path made(String name, String wish, Consumer<Path> maker) {
        Path directory = cache().resolve(name + "-" + digest(wish));
        Lock lock = LOCKS.computeIfAbsent(name, _ -> new ReentrantLock());
        lock.lock();
        try {
            makeOnce(directory, cache().resolve(name + ".lock"), maker);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be filled", e);
        } finally {
            lock.unlock();
        }
        return directory;
    }

    /** Two checkouts may be tested at once. */
    private static void makeOnce(Path directory, Path lock, Consumer<Path> maker)
            throws IOException {
        Files.createDirectories(cache());
        try (FileChannel file = open(lock);
                FileLock _ = file.lock()) {
            if (!Files.exists(directory.resolve(COMPLETE))) {
                delete(directory);
                Files.createDirectory(directory);
                maker.accept(directory);
                Files.createFile(directory.resolve(COMPLETE));
            }
        }
    }

    private static FileChannel open(Path lock) throws IOException {
        return FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static Path cache() {
        Path caches =
                Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                        .filter(set -> !set.isEmpty())
                        .map(Path::of)
                        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
        return caches.resolve("vmm-controlplane/clients");
    }

    private static String digest(String wish) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(wish.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
