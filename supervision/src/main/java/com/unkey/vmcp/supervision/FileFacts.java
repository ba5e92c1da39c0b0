package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * What inode(7) says of a file, the JDK's portable view left aside.
 *
 * @param mode type and permissions as in {@code st_mode}
 * @param links how many names it has
 */
public record FileFacts(long device, long inode, int mode, long owner, long group, int links) {

    public static final int GROUP_WRITE = 0020;
    public static final int OTHERS_WRITE = 0002;
    public static final int STICKY = 01000;

    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final int DIRECTORY = 0040000;

    /** Facts of the file itself; of a link, where it is one. */
    public static FileFacts of(Path file) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(
                        file, "unix:dev,ino,mode,uid,gid,nlink", LinkOption.NOFOLLOW_LINKS);
        return new FileFacts(
                number(found, "dev"),
                number(found, "ino"),
                (int) number(found, "mode"),
                number(found, "uid"),
                number(found, "gid"),
                (int) number(found, "nlink"));
    }

    private static long number(Map<String, Object> found, String name) {
        if (found.get(name) instanceof Number value) {
            return value.longValue();
        }
        throw new IllegalStateException("no file attribute " + name);
    }

    public boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    public boolean isBlockDevice() {
        return (mode & TYPE) == BLOCK_DEVICE;
    }

    public boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    /** Whether it is a regular file of that user's, under this name alone. */
    public boolean isFileOf(long user) {
        return isRegular() && owner == user && links == 1;
    }

    /** Whether any of the mode bits is set. */
    public boolean has(int bits) {
        return (mode & bits) != 0;
    }
}
