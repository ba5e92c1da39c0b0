package com.unkey.vmcp.backends.firecracker.kernel;

import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;

/**
 * Decompresses Zstandard from memory straight into the mapped file: kernels are compressed with a
 * window of 128 MiB, and the file itself is the window then, instead of the heap.
 */
final class Zstandard {

    /** Places in a frame and what they hold, RFC 8878, 3.1.1.1. */
    private static final int DESCRIPTOR = 4;

    private static final int WINDOW = 5;
    private static final int SINGLE_SEGMENT = 0x20;

    /** 8 MiB, the largest one that the library lets pass. */
    private static final int LARGEST_WINDOW = 13 << 3;

    private Zstandard() {}

    static void unpack(InputStream in, long length, VmlinuxFile target) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer packed = arena.allocate(length).asByteBuffer();
            fill(packed, in);
            narrowWindow(packed);
            MemorySegment mapped = target.map(arena);
            ByteBuffer plain = mapped.asByteBuffer();
            new ZstdDecompressor().decompress(packed, plain);
            target.requireWhole(plain.position());
        }
    }

    private static void fill(ByteBuffer packed, InputStream in) throws IOException {
        ReadableByteChannel channel = Channels.newChannel(in);
        while (packed.hasRemaining()) {
            if (channel.read(packed) < 0) {
                throw new EOFException("it ends after %d bytes".formatted(packed.position()));
            }
        }
        packed.flip();
    }

    /**
     * The library refuses a frame that tells of a larger window than it would keep itself. It keeps
     * none where the whole output lies in memory: there a match may reach back to the first byte
     * and not beyond, whatever the frame tells.
     */
    private static void narrowWindow(ByteBuffer packed) {
        if (packed.limit() > WINDOW
                && (packed.get(DESCRIPTOR) & SINGLE_SEGMENT) == 0
                && Byte.toUnsignedInt(packed.get(WINDOW)) > LARGEST_WINDOW) {
            packed.put(WINDOW, (byte) LARGEST_WINDOW);
        }
    }
}
