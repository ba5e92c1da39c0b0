package com.unkey.vmcp.connect;

import java.nio.ByteBuffer;

/**
 * What a message travels in where more than one can: a byte of flags and four of length, the most
 * significant first. The same in Connect, gRPC and gRPC-Web.
 */
final class Envelope {

    static final int PREFIX_BYTES = 5;
    static final int COMPRESSED = 0x01;

    /** Connect: what follows is the end of the stream, in JSON. */
    static final int END_STREAM = 0x02;

    /** GRPC-Web: what follows are the trailers, as lines of text. */
    static final int TRAILERS = 0x80;

    private Envelope() {}

    /** Writes the prefix for the rest of the bytes into their beginning. */
    static byte[] seal(byte[] bytes, int flags) {
        ByteBuffer.wrap(bytes).put((byte) flags).putInt(bytes.length - PREFIX_BYTES);
        return bytes;
    }

    /** The content in an envelope of its own. */
    static byte[] wrap(byte[] content, int flags) {
        return ByteBuffer.allocate(PREFIX_BYTES + content.length)
                .put((byte) flags)
                .putInt(content.length)
                .put(content)
                .array();
    }

    /** Length as the prefix that begins at the offset says; 0 to 2^32 - 1. */
    static long length(byte[] bytes, int offset) {
        return Integer.toUnsignedLong(ByteBuffer.wrap(bytes, offset + 1, 4).getInt());
    }
}
