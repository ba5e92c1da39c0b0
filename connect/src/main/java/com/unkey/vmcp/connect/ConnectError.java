package com.unkey.vmcp.connect;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A failed call as Connect writes it: code, message and the details of the google.rpc status. */
record ConnectError(Status status, List<Any> details) {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectError.class);
    private static final JsonFactory JSON = new JsonFactory();

    /** The trailer in which grpc-java carries a google.rpc.Status. */
    static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    ConnectError {
        details = List.copyOf(details);
    }

    static ConnectError of(Status status) {
        return new ConnectError(status, List.of());
    }

    static ConnectError of(Status status, Metadata trailers) {
        byte @Nullable [] packed = trailers.get(DETAILS);
        return new ConnectError(status, packed == null ? List.of() : unpack(packed));
    }

    private static List<Any> unpack(byte[] packed) {
        try {
            return com.google.rpc.Status.parseFrom(packed).getDetailsList();
        } catch (InvalidProtocolBufferException e) {
            LOG.warn("Error details left out: {} is no google.rpc.Status", DETAILS.name(), e);
            return List.of();
        }
    }

    ConnectCode code() {
        return ConnectCode.of(status.getCode());
    }

    /** Body of a failed unary call. */
    byte[] json() {
        return document(this::write);
    }

    /** Content of a stream's last envelope: the error, if there is one, and the trailers. */
    static byte[] endOfStream(Status status, Metadata trailers) {
        return document(
                json -> {
                    json.writeStartObject();
                    if (!status.isOk()) {
                        json.writeName("error");
                        of(status, trailers).write(json);
                    }
                    writeMetadata(trailers, json);
                    json.writeEndObject();
                });
    }

    private static byte[] document(Consumer<JsonGenerator> content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            content.accept(json);
        }
        return out.toByteArray();
    }

    private static void writeMetadata(Metadata trailers, JsonGenerator json) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        CallMetadata.forEach(
                trailers,
                (name, value) -> values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
        if (values.isEmpty()) {
            return;
        }
        json.writeObjectPropertyStart("metadata");
        values.forEach(
                (name, all) -> {
                    json.writeArrayPropertyStart(name);
                    all.forEach(json::writeString);
                    json.writeEndArray();
                });
        json.writeEndObject();
    }

    private void write(JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("code", code().label());
        String message = status.getDescription();
        if (message != null && !message.isEmpty()) {
            json.writeStringProperty("message", message);
        }
        if (!details.isEmpty()) {
            writeDetails(json);
        }
        json.writeEndObject();
    }

    private void writeDetails(JsonGenerator json) {
        json.writeArrayPropertyStart("details");
        for (Any detail : details) {
            json.writeStartObject();
            json.writeStringProperty("type", typeName(detail.getTypeUrl()));
            json.writeStringProperty("value", CallMetadata.base64(detail.getValue().toByteArray()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String typeName(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }
}
