package com.unkey.vmcp.supervision;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.unkey.vmcp.core.port.ProcessHost;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Mounts that one thread sees, and the processes that it starts. They live in a mount namespace of
 * their own, which the kernel removes with the last of those: whoever is killed, and when, nothing
 * is left of them. What the host mounts or unmounts later is not seen there.
 */
final class PrivateMounts {

    /** Search by all: the enclosed user must get through directories that are made here. */
    private static final Set<PosixFilePermission> PASSABLE =
            PosixFilePermissions.fromString("rwxr-xr-x");

    private static final String ROOT_OPTIONS = "mode=0755,nr_inodes=4096,size=";

    private static final int CLONE_NEWNS = 0x20000;
    private static final long MS_RDONLY = 1;
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOEXEC = 8;
    private static final long MS_REMOUNT = 0x20;
    private static final long MS_BIND = 0x1000;
    private static final long MS_REC = 0x4000;
    private static final long MS_PRIVATE = 0x40000;

    private static final MethodHandle UNSHARE =
            Libc.link("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 1);
    private static final MethodHandle MOUNT =
            Libc.link(
                    "mount",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
                    5);

    private final Path root;

    private PrivateMounts(Path root) {
        this.root = root;
    }

    /**
     * Takes the calling thread out of the daemon's mount namespace for good: a platform thread that
     * does nothing else and ends.
     *
     * @throws IOException where something cannot be mounted, or the daemon is not root
     */
    static void make(ProcessHost.Enclosure enclosure) throws IOException {
        unshare();
        // Where the host shares its mounts, as with systemd, it would see ours.
        mount("", Path.of("/"), "", MS_REC | MS_PRIVATE, "");
        // Devices are made in it by whoever encloses the process.
        mount(
                "vmm-enclosure",
                enclosure.root(),
                "tmpfs",
                MS_NOSUID,
                ROOT_OPTIONS + enclosure.rootBytes());
        PrivateMounts mounts = new PrivateMounts(enclosure.root());
        for (ProcessHost.Bind bind : enclosure.binds()) {
            mounts.show(bind);
        }
    }

    private void show(ProcessHost.Bind bind) throws IOException {
        FileFacts source = FileFacts.of(bind.source());
        if (!source.isRegular() && !source.isBlockDevice() && !source.isDirectory()) {
            throw new IOException(bind.source() + " is no file, block device or directory");
        }
        Path at = place(bind.inside(), source.isDirectory());
        mount(bind.source().toString(), at, "", MS_BIND, "");
        mount("", at, "", MS_REMOUNT | MS_BIND | flags(bind, source), "");
    }

    private static long flags(ProcessHost.Bind bind, FileFacts source) {
        return MS_NOSUID
                | MS_NOEXEC
                | (source.isBlockDevice() ? 0 : MS_NODEV)
                | (bind.readOnly() ? MS_RDONLY : 0);
    }

    private Path place(Path inside, boolean directory) throws IOException {
        Path at = root;
        for (int i = 0; i < inside.getNameCount() - 1; i++) {
            at = made(at.resolve(inside.getName(i)));
        }
        at = at.resolve(inside.getFileName());
        return directory ? made(at) : Files.createFile(at);
    }

    private static Path made(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PASSABLE);
        } catch (FileAlreadyExistsException _) {
            // By a bind before this one; nobody else is here.
        }
        return directory;
    }

    private static void unshare() throws Libc.Errno {
        Libc.call("unshare", state -> (long) UNSHARE.invokeExact(state, CLONE_NEWNS));
    }

    /** mount(2); what is not needed is empty. */
    private static void mount(String source, Path target, String type, long flags, String data)
            throws Libc.Errno {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocateFrom(source);
            MemorySegment to = arena.allocateFrom(target.toString());
            MemorySegment kind = arena.allocateFrom(type);
            MemorySegment options = arena.allocateFrom(data);
            Libc.call(
                    "mount on " + target,
                    state -> (long) MOUNT.invokeExact(state, from, to, kind, flags, options));
        }
    }
}
