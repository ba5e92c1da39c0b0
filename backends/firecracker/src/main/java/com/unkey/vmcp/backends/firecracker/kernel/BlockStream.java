package com.unkey.vmcp.backends.firecracker.kernel;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A stream whose bytes were compressed block by block, each by itself. For one thread. */
abstract class BlockStream extends InputStream {

    private final DataInputStream in;
    private byte[] packed = new byte[0];
    private byte[] block;
    private int position;
    private int limit;

    /**
     * @param largest bytes of a block once decompressed
     */
    BlockStream(InputStream in, int largest) {
        this.in = new DataInputStream(in);
        this.block = new byte[largest];
    }

    final DataInputStream in() {
        return in;
    }

    /**
     * Decompresses the next block into {@code target}.
     *
     * @return its length, more than 0, or -1 after the last one
     */
    abstract int next(byte[] target) throws IOException;

    /** The next {@code length} bytes, valid until the next call. */
    final byte[] packed(int length, int most) throws IOException {
        if (length < 0 || length > most) {
            throw new IOException("a block of %d bytes, which is too long".formatted(length));
        }
        if (packed.length < length) {
            packed = new byte[length];
        }
        in.readFully(packed, 0, length);
        return packed;
    }

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public final int read(byte[] target, int offset, int length) throws IOException {
        if (position == limit) {
            int n = next(block);
            if (n < 0) {
                return -1;
            }
            if (n == 0) {
                throw new EOFException("an empty block");
            }
            position = 0;
            limit = n;
        }
        int n = Math.min(length, limit - position);
        System.arraycopy(block, position, target, offset, n);
        position += n;
        return n;
    }
}
