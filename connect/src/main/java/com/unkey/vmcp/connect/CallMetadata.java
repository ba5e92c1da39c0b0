package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpHeadersBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.netty.util.AsciiString;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * HTTP headers as gRPC metadata and back. Headers of the protocol itself are not carried over in
 * either direction, except that a method sees what the client sent.
 */
final class CallMetadata {

    private static final Pattern NAME = Pattern.compile("[0-9a-z_.-]+");
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();
    private static final String TRAILER = "trailer-";

    /** Names that a method must not set: they would break the message they travel with. */
    private static final Set<String> HOP =
            Set.of(
                    "connection",
                    "content-encoding",
                    "content-length",
                    "content-type",
                    "date",
                    "host",
                    "keep-alive",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    private CallMetadata() {}

    /**
     * What the client sent.
     *
     * @throws StatusException invalid_argument where a binary header is not base64
     */
    static Metadata read(HttpHeaders headers) throws StatusException {
        Metadata metadata = new Metadata();
        for (Map.Entry<AsciiString, String> header : headers) {
            String name = header.getKey().toString();
            if (NAME.matcher(name).matches()) {
                put(metadata, name, header.getValue());
            }
        }
        return metadata;
    }

    private static void put(Metadata metadata, String name, String value) throws StatusException {
        if (!name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
            return;
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(value);
            metadata.put(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER), bytes);
        } catch (IllegalArgumentException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("header " + name + ": not base64")
                    .withCause(e)
                    .asException();
        }
    }

    /** Leading metadata, under their own names. */
    static void writeHeaders(Metadata metadata, HttpHeadersBuilder out) {
        write(metadata, "", out);
    }

    /** Trailing metadata, which unary calls send ahead under names of their own. */
    static void writeTrailers(Metadata metadata, HttpHeadersBuilder out) {
        write(metadata, TRAILER, out);
    }

    private static void write(Metadata metadata, String prefix, HttpHeadersBuilder out) {
        for (String name : metadata.keys()) {
            if (isOurs(name)) {
                continue;
            }
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                Metadata.Key<byte[]> key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
                each(metadata, key, v -> out.add(prefix + name, BASE64.encodeToString(v)));
            } else {
                Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
                each(metadata, key, v -> out.add(prefix + name, v));
            }
        }
    }

    private static <T> void each(Metadata metadata, Metadata.Key<T> key, Consumer<T> sink) {
        Iterable<T> values = metadata.getAll(key);
        if (values != null) {
            values.forEach(sink);
        }
    }

    private static boolean isOurs(String name) {
        return HOP.contains(name) || name.startsWith("connect-") || name.startsWith("grpc-");
    }
}
