package com.unkey.vmcp.backends.firecracker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * What inode(7) says of a file.
 *
 * @param mode type and permissions
 * @param links how many names it has
 */
record Inode(int mode, int uid, int gid, int links) {

    private static final int TYPE = 0170000;
    private static final int SOCKET = 0140000;
    private static final int REGULAR = 0100000;
    private static final int STICKY = 01000;
    private static final int READ = 04;
    private static final int WRITE = 02;

    /** Of the file itself; of a link, where it is one. */
    static Inode of(Path file) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(file, "unix:mode,uid,gid,nlink", LinkOption.NOFOLLOW_LINKS);
        return new Inode(
                number(found, "mode"),
                number(found, "uid"),
                number(found, "gid"),
                number(found, "nlink"));
    }

    private static int number(Map<String, Object> found, String name) {
        if (found.get(name) instanceof Integer value) {
            return value;
        }
        throw new IllegalStateException("no file attribute " + name);
    }

    boolean isSocketOf(JailIds.Ids ids) {
        return (mode & TYPE) == SOCKET && uid == ids.uid();
    }

    /** Whether it is a regular file of that user's, under this name alone. */
    boolean isFileOf(JailIds.Ids ids) {
        return (mode & TYPE) == REGULAR && uid == ids.uid() && links == 1;
    }

    /** Whether somebody without privileges, of that user and group alone, may open it. */
    boolean opensFor(JailIds.Ids ids, boolean writing) {
        int wanted = writing ? READ | WRITE : READ;
        int shift = uid == ids.uid() ? 6 : gid == ids.gid() ? 3 : 0;
        return ((mode >> shift) & wanted) == wanted;
    }

    /** Whether it is root's, and nobody else may write to it. */
    boolean isRootsAlone() {
        return uid == 0 && !isOpen();
    }

    /** Whether others than its owner may write to it. */
    boolean isOpen() {
        return (mode & (WRITE << 3 | WRITE)) != 0;
    }

    /** Whether only owners may move away what is in the directory. */
    boolean isSticky() {
        return (mode & STICKY) != 0;
    }

    /** Permissions as chmod(1) takes them. */
    String permissions() {
        return "%04o".formatted(mode & 07777);
    }
}
