package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.vm.ShortId;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The VMs' run directories: one for each short id, mode 0700. */
final class RunDirectories {

    private static final Logger LOG = LoggerFactory.getLogger(RunDirectories.class);

    private final Path root;

    RunDirectories(Path root) {
        this.root = root;
    }

    Path of(ShortId id) {
        return root.resolve(id.value());
    }

    Path make(ShortId id) throws IOException {
        Path directory = of(id);
        OwnedDirectory.make(directory);
        return directory;
    }

    /** Ids that have a directory. Anything else found is logged and left alone. */
    Set<ShortId> list() throws IOException {
        Set<ShortId> ids = new HashSet<>();
        try (Stream<Path> entries = Files.list(root)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                String name = String.valueOf(entry.getFileName());
                if (ShortId.isValid(name) && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    ids.add(new ShortId(name));
                } else {
                    LOG.warn("{} is no run directory and is left alone", entry);
                }
            }
        }
        return ids;
    }

    /** Removes the directory and all in it; links are removed, not followed. */
    void remove(ShortId id) throws IOException {
        Path directory = of(id);
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.walkFileTree(directory, new Removal());
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
