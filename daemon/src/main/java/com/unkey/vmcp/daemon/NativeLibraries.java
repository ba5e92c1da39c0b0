package com.unkey.vmcp.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where libraries unpack their native parts: a directory of the daemon's own, so that it works
 * where {@code /tmp} may not be executed from and nothing is left there after a kill.
 */
final class NativeLibraries {

    private NativeLibraries() {}

    /** Empties the directory and names it to those who unpack; before they are first used. */
    static void unpackInto(Path directory) {
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory)) {
                for (Path leftover : leftovers) {
                    Files.delete(leftover);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + directory, e);
        }
        System.setProperty("org.sqlite.tmpdir", directory.toString());
        System.setProperty("io.netty.native.workdir", directory.toString());
    }
}
