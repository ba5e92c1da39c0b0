package com.unkey.vmcp.backends.qemu.accel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A flat directory for one run, mode 0700. What a run that was killed left there is removed first.
 */
record ScratchDirectory(Path path) implements AutoCloseable {
    static ScratchDirectory create(Path path) throws IOException {
        ScratchDirectory directory = new ScratchDirectory(path);
        directory.close();
        Files.createDirectories(
                path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return directory;
    }

    @Override
    public void close() throws IOException {
        if (!Files.isDirectory(path)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.delete(path);
    }
}
