package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.util.Set;

/**
 * Proto3 JSON. Both spellings of field names are read and unknown fields skipped; fields that hold
 * their default are not written and 64-bit integers are strings.
 */
final class JsonCodec implements Codec {

    static final String TYPE = "application/json";
    private static final Set<String> TYPES = Set.of(TYPE, TYPE + "; charset=utf-8");

    private final JsonFormat.Parser parser = JsonFormat.parser().ignoringUnknownFields();
    private final JsonFormat.Printer printer;

    JsonCodec(FieldNames names) {
        JsonFormat.Printer dense = JsonFormat.printer().omittingInsignificantWhitespace();
        printer =
                switch (names) {
                    case PROTO -> dense.preservingProtoFieldNames();
                    case CAMEL -> dense;
                };
    }

    @Override
    public Set<String> contentTypes() {
        return TYPES;
    }

    @Override
    public Message decode(Message prototype, byte[] body) throws MalformedMessageException {
        // JsonFormat alone would take single quotes, bare words and garbage after the object.
        JsonShape.check(body, prototype.getDescriptorForType());
        Message.Builder builder = prototype.newBuilderForType();
        try {
            parser.merge(new String(body, UTF_8), builder);
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedMessageException("request message: " + e.getMessage(), e);
        }
        return builder.build();
    }

    @Override
    public byte[] encode(MessageOrBuilder message) {
        try {
            return printer.print(message).getBytes(UTF_8);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(
                    "cannot write " + message.getDescriptorForType().getFullName() + " as JSON", e);
        }
    }
}
