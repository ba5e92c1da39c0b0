package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.vm.BackendName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/**
 * The directory in which all that must survive the daemon is kept, held by one daemon at a time.
 */
public final class StateDirectory implements AutoCloseable {

    /** {@code sun_path} of unix(7) has 108 bytes, the last of them 0. */
    private static final int LONGEST_SOCKET_PATH = 107;

    private static final String ANY_SHORT_ID = "0123456789";

    private final Path root;
    private final DirectoryLock lock;
    private final long owner;

    private StateDirectory(Path root, DirectoryLock lock, long owner) {
        this.root = root;
        this.lock = lock;
        this.owner = owner;
    }

    /**
     * Makes the directory where it is missing, mode 0700, and takes it.
     *
     * @param longestSocketName name of the longest socket that a VMM will make in its run directory
     * @throws StartException where it belongs to somebody else, others may write to it, another
     *     daemon works in it, or sockets below it would have too long a path
     */
    public static StateDirectory open(Path directory, String longestSocketName) {
        try {
            long owner = Libc.geteuid();
            checkLength(OwnedDirectory.planned(directory), longestSocketName);
            Path root = OwnedDirectory.ready(directory, owner);
            DirectoryLock lock = DirectoryLock.take(root);
            return prepared(new StateDirectory(root, lock, owner));
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    private static StartException unusable(Path directory, IOException e) {
        String reason = e instanceof AccessDeniedException ? "permission denied" : e.toString();
        return new StartException(
                "state directory %s cannot be used: %s; UNKEY_VMCP_STATE_DIR names another"
                        .formatted(directory, reason),
                e);
    }

    private static StateDirectory prepared(StateDirectory state) throws IOException {
        try {
            OwnedDirectory.ready(state.runDirectories(), state.owner);
            OwnedDirectory.ready(state.consoleFiles(), state.owner);
            return state;
        } catch (IOException | RuntimeException e) {
            state.close();
            throw e;
        }
    }

    private static void checkLength(Path root, String socketName) {
        Path longest = root.resolve("run").resolve(ANY_SHORT_ID).resolve(socketName);
        int length = longest.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET_PATH) {
            throw new StartException(
                    "state directory %s is too deep: sockets below it would have paths of %d bytes, %d are possible; set UNKEY_VMCP_STATE_DIR to a path shorter by %d"
                            .formatted(
                                    root,
                                    length,
                                    LONGEST_SOCKET_PATH,
                                    length - LONGEST_SOCKET_PATH));
        }
    }

    /** The directory itself, links resolved. */
    public Path root() {
        return root;
    }

    /** Where each VM has its run directory. */
    public Path runDirectories() {
        return root.resolve("run");
    }

    /** Where it is noted which console files the daemon made. */
    public Path consoleFiles() {
        return root.resolve("console-files");
    }

    /**
     * Makes the directory, mode 0700, in which a backend keeps what outlives daemons and belongs to
     * no single VM.
     *
     * @throws StartException where it cannot be made
     */
    public Path backendDirectory(BackendName backend) {
        try {
            return OwnedDirectory.ready(root.resolve("backends").resolve(backend.value()), owner);
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    /** Id of the user whose directory it is and as whom the daemon runs. */
    public long owner() {
        return owner;
    }

    /** Lets another daemon take it. */
    @Override
    public void close() {
        lock.close();
    }
}
