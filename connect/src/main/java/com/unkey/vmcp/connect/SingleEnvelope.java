package com.unkey.vmcp.connect;

import io.grpc.Status;
import io.grpc.StatusException;

/** The one envelope of a body. */
final class SingleEnvelope {

    private final byte[] body;

    private SingleEnvelope(byte[] body) {
        this.body = body;
    }

    /**
     * Finds the envelope.
     *
     * @param limit on the length of a message, in bytes
     * @throws StatusException unimplemented where the body holds none or several, invalid_argument
     *     where it ends too early, resource_exhausted beyond the limit
     */
    static SingleEnvelope of(byte[] body, int limit) throws StatusException {
        if (body.length == 0) {
            throw Status.UNIMPLEMENTED
                    .withDescription("the request holds no message, but one is needed")
                    .asException();
        }
        long end = end(body, 0, limit);
        if (end > body.length) {
            throw cut(body.length);
        }
        if (end < body.length) {
            if (end(body, (int) end, limit) > body.length) {
                throw cut(body.length);
            }
            throw Status.UNIMPLEMENTED
                    .withDescription("the request holds several messages, but one is allowed")
                    .asException();
        }
        return new SingleEnvelope(body);
    }

    private static long end(byte[] body, int offset, int limit) throws StatusException {
        if (body.length - offset < Envelope.PREFIX_BYTES) {
            throw cut(body.length);
        }
        long length = Envelope.length(body, offset);
        if (length > limit) {
            throw tooLarge(length, limit);
        }
        return offset + Envelope.PREFIX_BYTES + length;
    }

    static StatusException cut(long received) {
        return Status.INVALID_ARGUMENT
                .withDescription(
                        "protocol error: the request ended within a message, after %d bytes"
                                .formatted(received))
                .asException();
    }

    static StatusException tooLarge(long length, int limit) {
        return Status.RESOURCE_EXHAUSTED
                .withDescription(
                        "request message of %d bytes is larger than the limit of %d bytes"
                                .formatted(length, limit))
                .asException();
    }

    int flags() {
        return body[0] & 0xff;
    }

    /** The whole body; the content begins at the offset. */
    byte[] data() {
        return body;
    }

    int offset() {
        return Envelope.PREFIX_BYTES;
    }

    int length() {
        return body.length - Envelope.PREFIX_BYTES;
    }
}
