package com.unkey.vmcp.backends.firecracker.kernel;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/**
 * Some bytes of an open file, as a stream that adds up what goes by; without a buffer. Closing it
 * leaves the file open.
 */
final class FileRegion extends InputStream {

    private final FileChannel file;
    private final long end;
    private final MessageDigest digest;
    private long position;

    /**
     * Begins at {@code offset}.
     *
     * @param digest is given every byte that is read or skipped
     */
    FileRegion(FileChannel file, long offset, long length, MessageDigest digest) {
        this.file = file;
        this.position = offset;
        this.end = offset + length;
        this.digest = digest;
    }

    /** Fills {@code target} from {@code offset}, up to the end of the file. */
    static void read(FileChannel file, ByteBuffer target, long offset) throws IOException {
        long position = offset;
        while (target.hasRemaining()) {
            int n = file.read(target, position);
            if (n < 0) {
                return;
            }
            position += n;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (position >= end) {
            return -1;
        }
        int most = (int) Math.min(length, end - position);
        int n = file.read(ByteBuffer.wrap(target, offset, most), position);
        if (n < 0) {
            throw new EOFException("the file ends at byte " + position);
        }
        digest.update(target, offset, n);
        position += n;
        return n;
    }
}
