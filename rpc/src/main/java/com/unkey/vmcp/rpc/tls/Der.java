package com.unkey.vmcp.rpc.tls;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** As much of the DER encoding (X.690) as it takes to put one key into the form of another. */
final class Der {

    static final int OCTET_STRING = 0x04;
    static final int SEQUENCE = 0x30;
    static final int CONTEXT_0 = 0xa0;

    private Der() {}

    static byte[] wrap(int tag, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        writeLength(out, body.size());
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
    }

    /** What is inside the element that these bytes are. */
    static byte[] body(byte[] element) {
        return read(
                () -> {
                    ByteBuffer in = ByteBuffer.wrap(element);
                    in.get();
                    return next(in);
                });
    }

    /** What is inside the first element with that tag. */
    static byte[] element(byte[] elements, int tag) {
        return read(
                () -> {
                    ByteBuffer in = ByteBuffer.wrap(elements);
                    while (in.hasRemaining()) {
                        boolean found = (in.get() & 0xff) == tag;
                        byte[] body = next(in);
                        if (found) {
                            return body;
                        }
                    }
                    throw new IllegalArgumentException("holds an EC key without its curve");
                });
    }

    /** What is inside an element whose tag was read. */
    private static byte[] next(ByteBuffer in) {
        byte[] body = new byte[length(in)];
        in.get(body);
        return body;
    }

    private static int length(ByteBuffer in) {
        int length = in.get() & 0xff;
        if (length < 0x80) {
            return length;
        }
        int octets = length & 0x7f;
        length = 0;
        for (int i = 0; i < octets; i++) {
            length = (length << 8) | (in.get() & 0xff);
        }
        if (octets > 2 || length > in.remaining()) {
            throw new IllegalArgumentException("holds a damaged key");
        }
        return length;
    }

    private interface Reading {
        byte[] read();
    }

    private static byte[] read(Reading reading) {
        try {
            return reading.read();
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("holds a damaged key", e);
        }
    }
}
