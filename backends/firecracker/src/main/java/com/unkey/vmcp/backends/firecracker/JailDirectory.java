package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.vm.ShortId;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories that the jailer expects for a VM: {@code CHROOT/PROGRAM/ID/root}. On the host
 * they stay empty, as the jail's files are in a file system of the process's own; so they are
 * removed without ever looking into them.
 *
 * @param path {@code CHROOT/PROGRAM/ID}, absolute
 */
record JailDirectory(Path path) {

    private static final Logger log = LoggerFactory.getLogger(JailDirectory.class);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** The one that the jailer makes of its arguments. */
    static JailDirectory of(Path chroot, Path program, ShortId id) {
        return new JailDirectory(
                chroot.resolve(String.valueOf(program.getFileName())).resolve(id.value()));
    }

    /** All of that VM, whatever their program. */
    static List<JailDirectory> all(Path chroot, ShortId id) {
        if (!Files.isDirectory(chroot)) {
            return List.of();
        }
        try (Stream<Path> programs = Files.list(chroot)) {
            return programs.map(program -> new JailDirectory(program.resolve(id.value())))
                    .filter(jail -> Files.isDirectory(jail.path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        } catch (IOException e) {
            throw VmException.unavailable("the jails cannot be listed", e);
        }
    }

    /** What becomes the root directory of the jailed process. */
    Path root() {
        return path.resolve("root");
    }

    void make() {
        try {
            make(root());
        } catch (IOException e) {
            throw VmException.unavailable("the jail cannot be made", e);
        }
    }

    /** Makes a directory and what is missing above it, for root alone under any umask. */
    static void make(Path directory) throws IOException {
        Files.createDirectories(directory, OWNER_ONLY);
    }

    /** Somebody else's files in it are left alone, and so is it then. */
    void remove() {
        try {
            Files.deleteIfExists(root());
            Files.deleteIfExists(path);
        } catch (DirectoryNotEmptyException e) {
            log.warn("{} holds files that are not ours, and stays", e.getFile());
        } catch (IOException e) {
            throw VmException.unavailable("the jail cannot be removed", e);
        }
    }
}
