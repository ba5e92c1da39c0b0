package com.unkey.vmcp.backends.firecracker.kernel;

import io.airlift.compress.lz4.Lz4Decompressor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The legacy frame of LZ4, which is what kernels use: blocks of 8 MiB, each after its length. There
 * is no mark of the end.
 */
final class Lz4Stream extends BlockStream {

    private static final int BLOCK_BYTES = 8 << 20;

    /** What LZ4 makes of a block that does not compress, by the library's own bound. */
    private static final int WORST_BLOCK_BYTES = BLOCK_BYTES + BLOCK_BYTES / 255 + 16;

    private static final int MAGIC = 0x184c2102;

    private final Lz4Decompressor lz4 = new Lz4Decompressor();

    Lz4Stream(InputStream in) {
        super(in, BLOCK_BYTES);
    }

    @Override
    int next(byte[] target) throws IOException {
        int length = MAGIC;
        // Frames may follow each other, and the first one begins with its magic too.
        while (length == MAGIC) {
            int first = in().read();
            if (first < 0) {
                return -1;
            }
            length = word(first);
        }
        return lz4.decompress(
                packed(length, WORST_BLOCK_BYTES), 0, length, target, 0, target.length);
    }

    private int word(int first) throws IOException {
        byte[] rest = in().readNBytes(3);
        if (rest.length < 3) {
            throw new EOFException("it ends in the length of a block");
        }
        return first
                | Byte.toUnsignedInt(rest[0]) << 8
                | Byte.toUnsignedInt(rest[1]) << 16
                | Byte.toUnsignedInt(rest[2]) << 24;
    }
}
