package com.unkey.vmcp.backends.firecracker.kernel;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;

/**
 * Opens LZMA and XZ streams with a dictionary that is no larger than what they hold: builds ask for
 * 128 MiB, which the decoder would allocate for the smallest kernel.
 */
final class LzmaStreams {

    private static final int SMALLEST_DICTIONARY = 1 << 20;

    /** Sizes as in the XZ file format, 2.1 and 3.1. */
    private static final int STREAM_HEADER = 12;

    private static final int CRC_BYTES = 4;
    private static final int LZMA2 = 0x21;

    private LzmaStreams() {}

    /** The format of the program lzma: properties, dictionary size and a size that may be -1. */
    static InputStream lzma(InputStream in, long size) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(exactly(in, 13)).order(ByteOrder.LITTLE_ENDIAN);
        long asked = Integer.toUnsignedLong(header.getInt(1));
        long told = header.getLong(5);
        var stream =
                new LZMAInputStream(
                        in, told < 0 ? size : told, header.get(0), affordable(asked, size));
        // An end mark may follow the last byte, and does where no size was told.
        stream.enableRelaxedEndCondition();
        return stream;
    }

    static InputStream xz(InputStream in, long size) throws IOException {
        byte[] start = exactly(in, STREAM_HEADER + 1);
        int blockHeader = (Byte.toUnsignedInt(start[STREAM_HEADER]) + 1) * 4;
        byte[] rest = exactly(in, blockHeader - 1);
        byte[] head = ByteBuffer.allocate(start.length + rest.length).put(start).put(rest).array();
        shrinkDictionary(
                ByteBuffer.wrap(head, STREAM_HEADER, blockHeader)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN),
                size);
        return new SingleXZInputStream(
                new SequenceInputStream(new ByteArrayInputStream(head), in),
                (int) (heapShare() >> 10));
    }

    /**
     * Rewrites the size in a block header whose last filter is LZMA2; its property, one byte, is
     * the last byte before padding and checksum that is not 0.
     */
    private static void shrinkDictionary(ByteBuffer header, long size) {
        int checksum = header.limit() - CRC_BYTES;
        int property = checksum - 1;
        while (property > 3 && header.get(property) == 0) {
            property--;
        }
        boolean lzma2 = header.get(property - 2) == LZMA2 && header.get(property - 1) == 1;
        if (!lzma2 || crc(header, checksum) != header.getInt(checksum)) {
            return;
        }
        int asked = header.get(property);
        int enough = 0;
        while (enough < asked && dictionary(enough) < Math.max(size, SMALLEST_DICTIONARY)) {
            enough++;
        }
        header.put(property, (byte) enough);
        header.putInt(checksum, crc(header, checksum));
    }

    /** Bytes that a property of LZMA2 means: 2 or 3 times a power of two. */
    private static long dictionary(int property) {
        return (2L | (property & 1)) << (property / 2 + 11);
    }

    private static int crc(ByteBuffer header, int length) {
        CRC32 crc = new CRC32();
        crc.update(header.slice(0, length));
        return (int) crc.getValue();
    }

    private static int affordable(long asked, long size) throws KernelFormatException {
        long needed = Math.min(asked, Math.max(size, SMALLEST_DICTIONARY));
        if (needed > heapShare()) {
            throw new KernelFormatException(
                    "is a bzImage that takes %d MiB of memory to decompress, more than the %d MiB there are for it"
                            .formatted(needed >> 20, heapShare() >> 20));
        }
        return (int) needed;
    }

    private static long heapShare() {
        return Runtime.getRuntime().maxMemory() / 2;
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("it ends in its header");
        }
        return bytes;
    }
}
