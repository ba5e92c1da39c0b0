package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.OwnFiles;
import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The lock file beside the API's socket, which says that the socket is served. */
final class SocketLock {

    private SocketLock() {}

    private static final class InUse extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Takes the lock; it is held until the file is closed, which leaves the file behind. */
    static FileChannel take(Path socket) throws IOException {
        Path path = socket.resolveSibling(socket.getFileName() + ".lock");
        FileChannel lock =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        OwnFiles.restrict(path);
        try {
            if (lock.tryLock() != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // Another fake in this JVM has it.
        }
        lock.close();
        throw new InUse();
    }

    /** What the program says of a socket that it cannot serve. */
    static String failure(Path socket, IOException failure) {
        return failure instanceof InUse
                ? "API socket \"%s\" is already in use by another running instance"
                        .formatted(socket)
                : "Error creation API server's socket\n  2: " + SystemError.told(failure);
    }
}
