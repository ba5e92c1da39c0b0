package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that a VMM is going to write. They are made before it starts, so that it never makes one
 * itself, through a link that was put there meanwhile or with a mode of its own.
 */
public final class OutputFile {

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> CREATED_OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    private OutputFile() {}

    /**
     * Makes {@code file}, mode 0600, where it is missing.
     *
     * @throws IOException where something else is there than a file of one of {@code owners}
     */
    static void ready(Path file, Set<Long> owners) throws IOException {
        try {
            create(file);
        } catch (FileAlreadyExistsException e) {
            if (owners.stream().anyMatch(FileFacts.of(file)::isFileOf)) {
                return;
            }
            throw new IOException("output " + file + " is not a file of the daemon's", e);
        }
    }

    /** Makes {@code file}, mode 0600 under any umask; never follows or takes what is there. */
    public static void create(Path file) throws IOException {
        Files.createFile(file, CREATED_OWNER_ONLY);
        restrict(file);
    }

    /** Takes all permissions but the owner's to read and write. */
    public static void restrict(Path file) throws IOException {
        Files.setPosixFilePermissions(file, OWNER_ONLY);
    }
}
