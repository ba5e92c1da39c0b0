package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.nio.file.Path;

/** Gives the beginning of a file back to the file system. */
@FunctionalInterface
interface HolePunch {

    /**
     * Frees the first {@code length} bytes; the rest keeps its offsets, the file its size.
     *
     * @return false where the file system cannot do that
     */
    boolean free(Path file, long length) throws IOException;

    /** By fallocate(2). Blocks in a foreign call: for a platform thread. */
    static boolean byFallocate(Path file, long length) throws IOException {
        int flags = Libc.O_WRONLY | Libc.O_CLOEXEC | Libc.O_NOFOLLOW | Libc.O_NONBLOCK;
        int descriptor = Libc.open(file, flags, 0);
        try {
            Libc.punchHole(descriptor, length);
            return true;
        } catch (Libc.Errno e) {
            if (e.code() == Libc.EOPNOTSUPP || e.code() == Libc.ENOSYS) {
                return false;
            }
            throw e;
        } finally {
            Libc.close(descriptor);
        }
    }
}
