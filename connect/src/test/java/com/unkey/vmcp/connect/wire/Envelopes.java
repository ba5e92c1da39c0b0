package com.unkey.vmcp.connect.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The frames of streams: a byte of flags, four of length, content. */
public final class Envelopes {

    public static final int COMPRESSED = 0x01;
    public static final int END_OF_STREAM = 0x02;
    public static final int WEB_TRAILERS = 0x80;

    /**
     * A frame.
     *
     * @param content inflated
     */
    public record Frame(int flags, ByteString content) {
        public String text() {
            return content.toStringUtf8();
        }
    }

    private Envelopes() {}

    public static byte[] of(int flags, byte[] content) {
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) flags)
                .putInt(content.length)
                .put(content)
                .array();
    }

    public static byte[] of(MessageLite... messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (MessageLite message : messages) {
            all.writeBytes(of(0, message.toByteArray()));
        }
        return all.toByteArray();
    }

    public static byte[] json(String... messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String message : messages) {
            all.writeBytes(of(0, message.getBytes(UTF_8)));
        }
        return all.toByteArray();
    }

    /** Takes a body apart; fails where its end is not that of a frame. */
    public static List<Frame> read(byte[] body) throws IOException {
        List<Frame> frames = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(body);
        while (rest.hasRemaining()) {
            int flags = Byte.toUnsignedInt(rest.get());
            byte[] content = new byte[rest.getInt()];
            rest.get(content);
            byte[] plain = (flags & COMPRESSED) == 0 ? content : inflate(content);
            frames.add(new Frame(flags, ByteString.copyFrom(plain)));
        }
        return frames;
    }

    public static byte[] inflate(byte[] gzip) throws IOException {
        if (gzip.length == 0) {
            return gzip;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return in.readAllBytes();
        }
    }
}
