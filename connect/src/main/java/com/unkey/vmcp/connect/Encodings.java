package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.MediaType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The content types that one kind of methods understands. */
final class Encodings {

    private static final String UNARY = "application/";
    private static final String STREAMING = "application/connect+";
    private static final String GRPC = "application/grpc";
    private static final String GRPC_WEB = "application/grpc-web";

    private final Map<String, Encoding> byType = new TreeMap<>();
    private final String accepted;

    private Encodings(String prefix, Protocol connect, List<Codec> codecs) {
        for (Codec codec : codecs) {
            for (String name : codec.names()) {
                add(prefix + name, connect, codec);
                add(GRPC + "+" + name, Grpc.INSTANCE, codec);
                add(GRPC_WEB + "+" + name, GrpcWeb.INSTANCE, codec);
            }
            if (codec instanceof ProtoCodec) {
                add(GRPC, Grpc.INSTANCE, codec);
                add(GRPC_WEB, GrpcWeb.INSTANCE, codec);
            }
        }
        accepted = String.join(", ", byType.keySet());
    }

    static Encodings forUnary(List<Codec> codecs) {
        return new Encodings(UNARY, ConnectUnary.INSTANCE, codecs);
    }

    static Encodings forStreams(List<Codec> codecs) {
        return new Encodings(STREAMING, ConnectStreaming.INSTANCE, codecs);
    }

    private void add(String contentType, Protocol protocol, Codec codec) {
        byType.put(contentType, new Encoding(contentType, protocol, codec));
    }

    /** All content types, as Accept-Post lists them. */
    String accepted() {
        return accepted;
    }

    /** What the Content-Type of a POST asks for; null: nothing that is spoken here. */
    @Nullable Encoding ofPost(String contentType) {
        Encoding known = byType.get(contentType);
        return known != null ? known : byType.get(canonical(contentType));
    }

    /** What the encoding parameter of a GET asks for; null: nothing that is spoken here. */
    @Nullable Encoding ofGet(String encoding) {
        return byType.get(UNARY + encoding);
    }

    /** The content type written in the one way; empty where it is none. */
    private static String canonical(String contentType) {
        String text = contentType.strip();
        String bare = text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
        try {
            MediaType type = MediaType.parse(bare);
            String parameters =
                    type.parameters().entrySet().stream()
                            .flatMap(
                                    e ->
                                            e.getValue().stream()
                                                    .map(v -> "; " + e.getKey() + "=" + v))
                            .collect(Collectors.joining());
            return (type.type() + "/" + type.subtype() + parameters).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
