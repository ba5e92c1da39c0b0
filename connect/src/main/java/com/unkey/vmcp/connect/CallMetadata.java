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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * HTTP headers as gRPC metadata and back. Headers of the protocol itself are not carried over in
 * either direction, except that a method sees what the client sent.
 */
final class CallMetadata {

    private static final Pattern NAME = Pattern.compile("[0-9a-z_.-]+");
    private static final int KEPT_KEYS = 256;

    /** Keys of names seen before: to make one checks every character. */
    private static final Map<AsciiString, Metadata.Key<String>> KEYS = new ConcurrentHashMap<>();

    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();
    private static final String TRAILER = "trailer-";

    /** Names that a method must not set: they say how the message travels. */
    private static final Set<String> RESERVED =
            Set.of(
                    "accept-encoding",
                    "accept-post",
                    "allow",
                    "connect-accept-encoding",
                    "connect-content-encoding",
                    "connect-protocol-version",
                    "connect-timeout-ms",
                    "connection",
                    "content-encoding",
                    "content-length",
                    "content-type",
                    "date",
                    "grpc-accept-encoding",
                    "grpc-encoding",
                    "grpc-message",
                    "grpc-status",
                    "grpc-status-details-bin",
                    "grpc-timeout",
                    "host",
                    "keep-alive",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "user-agent");

    private CallMetadata() {}

    /**
     * What the client sent.
     *
     * @throws StatusException invalid_argument where a binary header is not base64
     */
    static Metadata read(HttpHeaders headers) throws StatusException {
        Metadata metadata = new Metadata();
        for (Map.Entry<AsciiString, String> header : headers) {
            AsciiString name = header.getKey();
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                putBinary(metadata, name.toString(), header.getValue());
            } else if (name.charAt(0) != ':') {
                putText(metadata, name, header.getValue());
            }
        }
        return metadata;
    }

    private static void putText(Metadata metadata, AsciiString name, String value) {
        Metadata.Key<String> key = KEYS.get(name);
        if (key == null) {
            if (!NAME.matcher(name).matches()) {
                return;
            }
            key = Metadata.Key.of(name.toString(), Metadata.ASCII_STRING_MARSHALLER);
            if (KEYS.size() < KEPT_KEYS) {
                KEYS.put(name, key);
            }
        }
        metadata.put(key, value);
    }

    /** One header may hold several values, with commas between. */
    private static void putBinary(Metadata metadata, String name, String values)
            throws StatusException {
        if (!NAME.matcher(name).matches()) {
            return;
        }
        Metadata.Key<byte[]> key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
        try {
            for (String value : values.split(",", -1)) {
                metadata.put(key, Base64.getDecoder().decode(value.strip()));
            }
        } catch (IllegalArgumentException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("header " + name + ": not base64")
                    .withCause(e)
                    .asException();
        }
    }

    static String base64(byte[] bytes) {
        return BASE64.encodeToString(bytes);
    }

    /** Leading metadata, under their own names. */
    static void writeHeaders(Metadata metadata, HttpHeadersBuilder out) {
        write(metadata, "", out);
    }

    /** Trailing metadata of unary Connect calls, which travels ahead under names of its own. */
    static void writeAhead(Metadata metadata, HttpHeadersBuilder out) {
        write(metadata, TRAILER, out);
    }

    private static void write(Metadata metadata, String prefix, HttpHeadersBuilder out) {
        forEach(metadata, (name, value) -> out.add(prefix + name, value));
    }

    /** Each value that is not the protocol's own, as text. */
    static void forEach(Metadata metadata, BiConsumer<String, String> sink) {
        for (String name : metadata.keys()) {
            if (RESERVED.contains(name)) {
                continue;
            }
            if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                Metadata.Key<byte[]> key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
                each(metadata, key, value -> sink.accept(name, base64(value)));
            } else {
                Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
                each(metadata, key, value -> sink.accept(name, value));
            }
        }
    }

    private static <T> void each(Metadata metadata, Metadata.Key<T> key, Consumer<T> sink) {
        Iterable<T> values = metadata.getAll(key);
        if (values != null) {
            values.forEach(sink);
        }
    }
}
