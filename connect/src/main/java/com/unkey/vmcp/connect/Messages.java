package com.unkey.vmcp.connect;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpData;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;

/** Turns the bytes of one call into messages and back: compression, limits, codec. */
final class Messages<ReqT, RespT> {

    private final Method<ReqT, RespT> method;
    private final Encoding encoding;
    private final Compressions.Choice compression;
    private final ConnectOptions options;

    Messages(
            Method<ReqT, RespT> method,
            Encoding encoding,
            Compressions.Choice compression,
            ConnectOptions options) {
        this.method = method;
        this.encoding = encoding;
        this.compression = compression;
        this.options = options;
    }

    /** Reads a body that is the message; an empty one was never compressed. */
    ReqT decodeBody(byte[] body) throws StatusException {
        boolean compressed = compression.request() != null && body.length > 0;
        return decode(body, 0, body.length, compressed);
    }

    /** Reads the content of an envelope; where that is empty, so is the message. */
    ReqT decodeEnveloped(byte[] data, int offset, int length, int flags) throws StatusException {
        if ((flags & ~Envelope.COMPRESSED) != 0) {
            throw Status.INTERNAL
                    .withDescription("protocol error: invalid envelope flags " + flags)
                    .asException();
        }
        boolean compressed = flags == Envelope.COMPRESSED;
        if (compressed && compression.request() == null) {
            throw Status.INTERNAL
                    .withDescription("protocol error: compressed message without an encoding")
                    .asException();
        }
        return length == 0 ? method.empty() : decode(data, offset, length, compressed);
    }

    private ReqT decode(byte[] data, int offset, int length, boolean compressed)
            throws StatusException {
        if (length > options.maxMessageBytes()) {
            throw SingleEnvelope.tooLarge(length, options.maxMessageBytes());
        }
        try {
            if (compressed && compression.request() != null) {
                byte[] plain =
                        compression
                                .request()
                                .inflate(data, offset, length, options.maxMessageBytes());
                return method.decode(encoding.codec(), plain, 0, plain.length);
            }
            return method.decode(encoding.codec(), data, offset, length);
        } catch (MalformedMessageException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(e.getMessage())
                    .withCause(e)
                    .asException();
        } catch (Compression.TooLargeException e) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("request message is " + e.getMessage())
                    .asException();
        } catch (IOException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("request message: cannot be inflated: " + e.getMessage())
                    .withCause(e)
                    .asException();
        }
    }

    /** Writes an answer as the protocol frames it. */
    Protocol.Payload encode(RespT message) {
        if (!(message instanceof Message proto)) {
            throw new IllegalStateException(method.name() + " answers with no protobuf message");
        }
        int headroom = encoding.protocol().headroom();
        byte[] plain = encoding.codec().encode(proto, headroom);
        int length = plain.length - headroom;
        if (compression.response() == null || length < options.compressFromBytes()) {
            return payload(headroom == 0 ? plain : Envelope.seal(plain, 0), false);
        }
        byte[] small = compression.response().compress(plain, headroom, length);
        return payload(headroom == 0 ? small : Envelope.wrap(small, Envelope.COMPRESSED), true);
    }

    private static Protocol.Payload payload(byte[] bytes, boolean compressed) {
        return new Protocol.Payload(HttpData.wrap(bytes), compressed);
    }
}
