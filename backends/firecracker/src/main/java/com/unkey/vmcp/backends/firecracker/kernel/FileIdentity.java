package com.unkey.vmcp.backends.firecracker.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What tells that a file has the content that it had: it is the same one and nobody wrote to it.
 *
 * @param changed time of the last change of content or of anything else of the file, which no
 *     program can set back
 */
record FileIdentity(long device, long inode, long size, FileTime modified, FileTime changed) {

    /** File systems tell time in ticks; what changes twice in one looks as if it had not. */
    private static final Duration COARSEST_TICK = Duration.ofSeconds(2);

    /**
     * Of the file that {@code path} leads to.
     *
     * @throws KernelFormatException where it is no regular file
     */
    static FileIdentity of(Path path) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(
                        path, "unix:dev,ino,size,lastModifiedTime,ctime,isRegularFile");
        if (!Boolean.TRUE.equals(found.get("isRegularFile"))) {
            throw new KernelFormatException("is not a regular file");
        }
        return new FileIdentity(
                number(found, "dev"),
                number(found, "ino"),
                number(found, "size"),
                time(found, "lastModifiedTime"),
                time(found, "ctime"));
    }

    /** Whether a change at {@code time} or later would show. */
    boolean settledBefore(Instant time) {
        return changed.toInstant().plus(COARSEST_TICK).isBefore(time);
    }

    private static long number(Map<String, Object> found, String name) {
        return found.get(name) instanceof Number number ? number.longValue() : -1;
    }

    private static FileTime time(Map<String, Object> found, String name) {
        return found.get(name) instanceof FileTime time ? time : FileTime.fromMillis(0);
    }
}
