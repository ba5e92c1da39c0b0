package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.EarlierLaunch;
import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The directory of a VM's run directory that is shown in its jail: the process makes its socket
 * there, and finds its log and its metrics. It is the jailed user's while the process starts, which
 * is before anybody but the operator has a say in what that does; and the daemon's from then on, so
 * that whoever takes the process over can put nothing there for the daemon to fall for.
 *
 * @param directory absolute
 */
record JailRunFiles(Path directory) {

    /** The socket's name in the run directory. */
    static final String SOCKET_NAME = "jail/" + BareHousing.SOCKET;

    private static final int ROOT = 0;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    static JailRunFiles in(Path runDirectory) {
        return new JailRunFiles(runDirectory.resolve("jail"));
    }

    Path socket() {
        return directory.resolve(BareHousing.SOCKET);
    }

    Path log() {
        return directory.resolve("fc.log");
    }

    Path metrics() {
        return directory.resolve("fc.metrics");
    }

    /** Makes it ready for a process; what an earlier one left is cleared away. */
    void make(JailIds.Ids ids) {
        doing(
                "cannot be made",
                () -> {
                    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                        Files.createDirectory(directory);
                    }
                    close();
                    EarlierLaunch.clearAway(log(), List.of(socket(), metrics()));
                    give(Files.createFile(log(), OWNER_ONLY), ids);
                    give(Files.createFile(metrics(), OWNER_ONLY), ids);
                    give(directory, ids);
                });
    }

    /** Whether the process has come so far as to serve, and nobody has settled it. */
    boolean needSettling() {
        return Files.exists(socket(), LinkOption.NOFOLLOW_LINKS) && !isOurs();
    }

    private boolean isOurs() {
        try {
            return Inode.of(directory).uid() == ROOT;
        } catch (IOException e) {
            throw VmException.unavailable("the jail's run directory cannot be looked at", e);
        }
    }

    /**
     * Takes the directory from the jailed user.
     *
     * @throws VmException failed where something in it is not what it should be
     */
    void settle(JailIds.Ids ids) {
        doing(
                "cannot be closed",
                () -> {
                    close();
                    require(socket(), inode -> inode.isSocketOf(ids));
                    require(log(), inode -> inode.isFileOf(ids));
                    require(metrics(), inode -> inode.isFileOf(ids));
                });
    }

    /** Takes the directory from the jailed user, whatever is in it; nothing where there is none. */
    void takeBack() {
        doing(
                "cannot be closed",
                () -> {
                    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                        close();
                    }
                });
    }

    private void close() throws IOException {
        give(directory, new JailIds.Ids(ROOT, ROOT));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    private static void give(Path file, JailIds.Ids ids) throws IOException {
        Files.setAttribute(file, "unix:uid", ids.uid(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", ids.gid(), LinkOption.NOFOLLOW_LINKS);
    }

    private static void require(Path file, Predicate<Inode> right) throws IOException {
        if (!right.test(Inode.of(file))) {
            throw VmException.vmmFailed(
                    "Firecracker has put something else in the place of its " + file.getFileName());
        }
    }

    private static void doing(String failure, Step step) {
        try {
            step.run();
        } catch (NoSuchFileException e) {
            throw VmException.vmmFailed("Firecracker has not made its files", e);
        } catch (IOException e) {
            throw VmException.unavailable("the jail's run directory " + failure, e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
