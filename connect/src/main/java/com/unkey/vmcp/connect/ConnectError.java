package com.unkey.vmcp.connect;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;
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
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

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

    byte[] json() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
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
        return out.toByteArray();
    }

    private void writeDetails(JsonGenerator json) {
        json.writeArrayPropertyStart("details");
        for (Any detail : details) {
            json.writeStartObject();
            json.writeStringProperty("type", typeName(detail.getTypeUrl()));
            json.writeStringProperty(
                    "value", BASE64.encodeToString(detail.getValue().toByteArray()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String typeName(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }
}
