package com.unkey.vmcp.backends.firecracker.kernel;

import com.github.luben.zstd.ZstdOutputStream;
import io.airlift.compress.bzip2.BZip2HadoopStreams;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.lzo.LzopHadoopStreams;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** Makes bzImages as the kernel's build does, around something that looks like a vmlinux. */
final class BzImages {

    static final int PAYLOAD_OFFSET = 0x2c0;
    static final int SECTORS = 27;
    static final int PAYLOAD_AT = (SECTORS + 1) * 512 + PAYLOAD_OFFSET;

    private static final int MIB = 1 << 20;
    private static final int BUILDS_WINDOW_LOG = 27;

    private BzImages() {}

    /** An ELF header of x86-64, then bytes of which the first half comes again at the end. */
    static byte[] vmlinux(int size, int seed) {
        byte[] half = new byte[size / 2];
        new Random(seed).nextBytes(half);
        return elf(ByteBuffer.allocate(2 * half.length).put(half).put(half).array());
    }

    private static byte[] elf(byte[] bytes) {
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0x464c457f)
                .put(4, (byte) 2)
                .put(5, (byte) 1)
                .putShort(18, (short) 62);
        return bytes;
    }

    static Path write(Path file, Packing packing, byte[] vmlinux) throws IOException {
        return Files.write(file, of(packing, vmlinux));
    }

    static byte[] of(Packing packing, byte[] vmlinux) throws IOException {
        byte[] packed = packed(packing, vmlinux);
        return packing == Packing.GZIP ? around(packed) : around(withSize(packed, vmlinux.length));
    }

    static byte[] withSize(byte[] packed, int size) {
        return ByteBuffer.allocate(packed.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(packed)
                .putInt(size)
                .array();
    }

    /** A boot sector and a setup header, then the payload where they say that it is. */
    static byte[] around(byte[] payload) {
        return ByteBuffer.allocate(PAYLOAD_AT + payload.length + 100)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0x1f1, (byte) SECTORS)
                .putShort(0x1fe, (short) 0xaa55)
                .putInt(0x202, 0x53726448)
                .putShort(0x206, (short) 0x020f)
                .putInt(0x248, PAYLOAD_OFFSET)
                .putInt(0x24c, payload.length)
                .putInt(0x260, 64 * MIB)
                .put(PAYLOAD_AT, payload)
                .array();
    }

    static byte[] packed(Packing packing, byte[] plain) throws IOException {
        return switch (packing) {
            case GZIP -> through(GZIPOutputStream::new, plain);
            case BZIP2 -> through(out -> new BZip2HadoopStreams().createOutputStream(out), plain);
            case LZMA -> through(BzImages::lzma, plain);
            case XZ -> largeDictionary(through(BzImages::xz, plain));
            case LZO -> through(out -> new LzopHadoopStreams().createOutputStream(out), plain);
            case LZ4 -> lz4(plain);
            case ZSTD -> through(BzImages::zstd, plain);
        };
    }

    @FunctionalInterface
    private interface Encoder {
        OutputStream around(OutputStream out) throws IOException;
    }

    private static byte[] through(Encoder encoder, byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = encoder.around(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    /** As from a pipe: no size, an end mark. */
    private static OutputStream lzma(OutputStream out) throws IOException {
        return new LZMAOutputStream(out, options(), -1);
    }

    private static OutputStream xz(OutputStream out) throws IOException {
        FilterOptions[] filters = {new X86Options(), options()};
        return new XZOutputStream(out, filters, XZ.CHECK_CRC32);
    }

    private static LZMA2Options options() throws IOException {
        LZMA2Options options = new LZMA2Options(1);
        options.setDictSize(8 * MIB);
        return options;
    }

    /** Tells of 128 MiB, as newer builds do, which would take ten times that to compress with. */
    private static byte[] largeDictionary(byte[] xz) {
        int header = 12;
        int checksum = header + (xz[header] + 1) * 4 - 4;
        ByteBuffer bytes = ByteBuffer.wrap(xz).order(ByteOrder.LITTLE_ENDIAN);
        // Sizes and flags, the filter for x86 without properties, LZMA2 with one.
        int property = header + 2 + 2 + 2;
        bytes.put(property, (byte) 30);
        CRC32 crc = new CRC32();
        crc.update(xz, header, checksum - header);
        bytes.putInt(checksum, (int) crc.getValue());
        return xz;
    }

    /** As from a pipe: no size, so the window is as large as was asked for. */
    private static OutputStream zstd(OutputStream out) throws IOException {
        ZstdOutputStream stream = new ZstdOutputStream(new Unclosed(out), 3);
        stream.setLong(BUILDS_WINDOW_LOG);
        stream.setChecksum(true);
        return stream;
    }

    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }
    }

    private static byte[] lz4(byte[] plain) {
        Lz4Compressor lz4 = new Lz4Compressor();
        int block = 8 * MIB;
        ByteBuffer out =
                ByteBuffer.allocate(lz4.maxCompressedLength(plain.length) + MIB)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0x184c2102);
        for (int at = 0; at < plain.length; at += block) {
            int length = Math.min(block, plain.length - at);
            byte[] packed = new byte[lz4.maxCompressedLength(length)];
            int n = lz4.compress(plain, at, length, packed, 0, packed.length);
            out.putInt(n).put(packed, 0, n);
        }
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }
}
