package com.unkey.vmcp.backends.qemu.qmp;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/** Cuts a byte stream into lines of bounded length. For one thread. */
final class LineReader {

    /** Far above the longest reply, the statistics of some hundred disks. */
    static final int MAX_LINE_BYTES = 1 << 20;

    private final ReadableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(16 * 1024).flip();

    LineReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /**
     * The next line without its end; blocks until it is there.
     *
     * @throws EOFException where the stream ends first
     * @throws IOException where the line is too long
     */
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (!buffer.hasRemaining()) {
                fill();
            }
            byte value = buffer.get();
            if (value == '\n') {
                return line.toString(StandardCharsets.UTF_8).strip();
            }
            if (line.size() == MAX_LINE_BYTES) {
                throw new IOException("QMP line is longer than " + MAX_LINE_BYTES + " bytes");
            }
            line.write(value);
        }
    }

    private void fill() throws IOException {
        buffer.clear();
        int count = channel.read(buffer);
        buffer.flip();
        if (count < 0) {
            throw new EOFException("QEMU closed its monitor");
        }
    }
}
