package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Directories that nobody but the daemon's user can reach into. */
final class OwnedDirectory {

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> CREATED_OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    private OwnedDirectory() {}

    /**
     * Makes the directory where it is missing; one that is there must be {@code owner}'s and is
     * closed to all others.
     *
     * @return its real path
     * @throws StartException where others own it or may write to it
     */
    static Path ready(Path directory, long owner) throws IOException {
        Path above = directory.toAbsolutePath().getParent();
        if (above != null) {
            Files.createDirectories(above, CREATED_OWNER_ONLY);
        }
        make(directory);
        Path real = directory.toRealPath();
        PosixFileAttributes found = Files.readAttributes(real, PosixFileAttributes.class);
        if (!found.isDirectory()) {
            throw new StartException(directory + " is not a directory");
        }
        refuseOthers(directory, real, found, owner);
        if (!found.permissions().equals(OWNER_ONLY)) {
            Files.setPosixFilePermissions(real, OWNER_ONLY);
        }
        return real;
    }

    /** What the real path of {@code directory} is or would be, if it were made. */
    static Path planned(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        Path existing = absolute;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing.toRealPath().resolve(existing.relativize(absolute));
    }

    /** Makes {@code directory}, mode 0700 under any umask; nothing where it is there. */
    static void make(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, CREATED_OWNER_ONLY);
        } catch (FileAlreadyExistsException _) {
            return;
        }
        Files.setPosixFilePermissions(directory, OWNER_ONLY);
    }

    private static void refuseOthers(Path named, Path real, PosixFileAttributes found, long owner)
            throws IOException {
        int uid = (int) Files.getAttribute(real, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (uid != owner) {
            throw new StartException(
                    "directory %s belongs to user %s (uid %d), the daemon runs as uid %d"
                            .formatted(named, found.owner().getName(), uid, owner));
        }
        Set<PosixFilePermission> permissions = found.permissions();
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new StartException(
                    "directory %s may be written by others (%s); close it with chmod 700"
                            .formatted(named, PosixFilePermissions.toString(permissions)));
        }
    }
}
