package com.unkey.vmcp.connect;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;

/** Gzip. Deflaters are used again: each holds a quarter of a megabyte that has to be cleared. */
final class Gzip implements Compression {

    static final Gzip INSTANCE = new Gzip();

    /** ID1, ID2, deflate, no flags, no time, no hints, made anywhere: RFC 1952, 2.3. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private static final int TRAILER_BYTES = 8;
    private static final int IDLE_DEFLATERS = 8;

    private final BlockingQueue<Deflater> idle = new ArrayBlockingQueue<>(IDLE_DEFLATERS);

    private Gzip() {}

    @Override
    public String name() {
        return "gzip";
    }

    @Override
    public byte[] compress(byte[] data, int offset, int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + length / 2);
        out.writeBytes(HEADER);
        deflate(data, offset, length, out);
        CRC32 crc = new CRC32();
        crc.update(data, offset, length);
        out.writeBytes(
                ByteBuffer.allocate(TRAILER_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) crc.getValue())
                        .putInt(length)
                        .array());
        return out.toByteArray();
    }

    private void deflate(byte[] data, int offset, int length, ByteArrayOutputStream out) {
        Deflater pooled = idle.poll();
        Deflater deflater = pooled == null ? new Deflater(Deflater.BEST_SPEED, true) : pooled;
        deflater.setInput(data, offset, length);
        deflater.finish();
        byte[] chunk = new byte[Math.max(64, Math.min(length, 8192))];
        while (!deflater.finished()) {
            out.write(chunk, 0, deflater.deflate(chunk));
        }
        deflater.reset();
        if (!idle.offer(deflater)) {
            deflater.end();
        }
    }

    @Override
    public byte[] inflate(byte[] data, int offset, int length, int limit) throws IOException {
        try (GZIPInputStream in =
                new GZIPInputStream(new ByteArrayInputStream(data, offset, length))) {
            return Inflation.read(in, limit);
        }
    }
}
