package com.unkey.vmcp.conformance;

import com.linecorp.armeria.common.QueryParams;
import connectrpc.conformance.v1.Service.Header;
import io.grpc.Metadata;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The suite's lists of headers as gRPC metadata and back. The suite writes binary values in base64.
 */
final class HeaderLists {

    private HeaderLists() {}

    static Metadata toMetadata(List<Header> headers) {
        Metadata metadata = new Metadata();
        for (Header header : headers) {
            String name = header.getName().toLowerCase(Locale.ROOT);
            header.getValueList().forEach(value -> put(metadata, name, value));
        }
        return metadata;
    }

    private static void put(Metadata metadata, String name, String value) {
        if (isBinary(name)) {
            metadata.put(binary(name), Base64.getDecoder().decode(value));
        } else {
            metadata.put(text(name), value);
        }
    }

    static List<Header> fromMetadata(Metadata metadata) {
        return metadata.keys().stream()
                .map(
                        name ->
                                Header.newBuilder()
                                        .setName(name)
                                        .addAllValue(values(metadata, name))
                                        .build())
                .toList();
    }

    private static List<String> values(Metadata metadata, String name) {
        return isBinary(name)
                ? all(metadata, binary(name))
                        .map(Base64.getEncoder().withoutPadding()::encodeToString)
                        .toList()
                : all(metadata, text(name)).toList();
    }

    private static <T> Stream<T> all(Metadata metadata, Metadata.Key<T> key) {
        Iterable<T> values = metadata.getAll(key);
        return values == null ? Stream.empty() : StreamSupport.stream(values.spliterator(), false);
    }

    static List<Header> fromQuery(QueryParams query) {
        return query.names().stream()
                .map(
                        name ->
                                Header.newBuilder()
                                        .setName(name)
                                        .addAllValue(query.getAll(name))
                                        .build())
                .toList();
    }

    private static boolean isBinary(String name) {
        return name.endsWith(Metadata.BINARY_HEADER_SUFFIX);
    }

    private static Metadata.Key<byte[]> binary(String name) {
        return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
    }

    private static Metadata.Key<String> text(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
