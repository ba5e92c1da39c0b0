package com.unkey.vmcp.testkit.vmm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** What a umask of 077 makes of the files that a program creates. */
public final class OwnFiles {

    private static final Set<PosixFilePermission> ALLOWED =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private OwnFiles() {}

    /** Takes all rights of group and others; does nothing to what is no plain file or socket. */
    public static void restrict(Path path) throws IOException {
        if (Files.isDirectory(path) || path.startsWith("/dev")) {
            return;
        }
        Set<PosixFilePermission> rights =
                EnumSet.copyOf(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        rights.retainAll(ALLOWED);
        Files.setPosixFilePermissions(path, rights);
    }
}
