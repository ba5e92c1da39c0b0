package com.unkey.vmcp.backends.firecracker.kernel;

import io.airlift.compress.lzo.LzoDecompressor;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/** The format of the program lzop: a header, then blocks with their lengths and checksums. */
final class LzopStream extends BlockStream {

    private static final int LARGEST_BLOCK = 8 << 20;
    private static final int MAGIC_BYTES = 9;

    /** The first one that tells which version a reader must have. */
    private static final int VERSION_WITH_NEEDED = 0x0940;

    private static final int ADLER32_PLAIN = 0x1;
    private static final int ADLER32_PACKED = 0x2;
    private static final int EXTRA_FIELD = 0x40;
    private static final int CRC32_PLAIN = 0x100;
    private static final int CRC32_PACKED = 0x200;
    private static final int MULTIPART = 0x400;
    private static final int FILTER = 0x800;

    private final LzoDecompressor lzo = new LzoDecompressor();
    private final int flags;

    LzopStream(InputStream in) throws IOException {
        super(in, LARGEST_BLOCK);
        in().skipNBytes(MAGIC_BYTES);
        int version = in().readUnsignedShort();
        if (version < VERSION_WITH_NEEDED) {
            throw new IOException("lzop's version %x, which is too old".formatted(version));
        }
        // Versions of the library and of the reader, method and level.
        in().skipNBytes(2 + 2 + 1 + 1);
        flags = in().readInt();
        if ((flags & (EXTRA_FIELD | MULTIPART | FILTER)) != 0) {
            throw new IOException("lzop's flags %x, which kernels do not use".formatted(flags));
        }
        // Mode and times of the file, its name, the header's checksum.
        in().skipNBytes(4 + 4 + 4);
        in().skipNBytes(in().readUnsignedByte() + 4);
    }

    @Override
    int next(byte[] target) throws IOException {
        int plain = in().readInt();
        if (plain == 0) {
            return -1;
        }
        int length = in().readInt();
        if (plain < 0 || plain > LARGEST_BLOCK) {
            throw new IOException("a block of %d bytes, which is too long".formatted(plain));
        }
        long adler = (flags & ADLER32_PLAIN) == 0 ? -1 : unsigned();
        long crc = (flags & CRC32_PLAIN) == 0 ? -1 : unsigned();
        if (length < plain) {
            in().skipNBytes((flags & ADLER32_PACKED) == 0 ? 0 : 4);
            in().skipNBytes((flags & CRC32_PACKED) == 0 ? 0 : 4);
        }
        decompress(packed(length, plain), length, target, plain);
        check(new Adler32(), target, plain, adler);
        check(new CRC32(), target, plain, crc);
        return plain;
    }

    private void decompress(byte[] packed, int length, byte[] target, int plain)
            throws IOException {
        if (length == plain) {
            System.arraycopy(packed, 0, target, 0, plain);
            return;
        }
        int n = lzo.decompress(packed, 0, length, target, 0, target.length);
        if (n != plain) {
            throw new IOException("a block of %d bytes instead of %d".formatted(n, plain));
        }
    }

    private static void check(Checksum sum, byte[] target, int length, long expected)
            throws IOException {
        if (expected >= 0) {
            sum.update(target, 0, length);
            if (sum.getValue() != expected) {
                throw new IOException("a block with a wrong checksum");
            }
        }
    }

    private long unsigned() throws IOException {
        return Integer.toUnsignedLong(in().readInt());
    }
}
