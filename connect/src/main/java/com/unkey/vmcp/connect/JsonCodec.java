package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.JsonFormat;
import java.util.List;

/**
 * Proto3 JSON. Both spellings of field names are read and unknown fields skipped; fields that hold
 * their default are not written and 64-bit integers are strings.
 */
final class JsonCodec implements Codec {

    /** Content type of everything that Connect writes in JSON by itself. */
    static final String TYPE = "application/json";

    private final JsonFormat.Parser parser;
    private final JsonWriter writer;

    JsonCodec(FieldNames names, TypeRegistry types) {
        parser = JsonFormat.parser().ignoringUnknownFields().usingTypeRegistry(types);
        JsonFormat.Printer dense =
                JsonFormat.printer().omittingInsignificantWhitespace().usingTypeRegistry(types);
        writer =
                new JsonWriter(
                        switch (names) {
                            case PROTO -> dense.preservingProtoFieldNames();
                            case CAMEL -> dense;
                        },
                        names);
    }

    @Override
    public List<String> names() {
        return List.of("json", "json; charset=utf-8");
    }

    @Override
    public Message decode(Message prototype, byte[] data, int offset, int length)
            throws MalformedMessageException {
        if (!UnsafeByteOperations.unsafeWrap(data, offset, length).isValidUtf8()) {
            throw new MalformedMessageException("not valid JSON: not UTF-8");
        }
        // JsonFormat alone would take single quotes, bare words and garbage after the object.
        JsonShape.check(data, offset, length, prototype.getDescriptorForType());
        Message.Builder builder = prototype.newBuilderForType();
        try {
            parser.merge(new String(data, offset, length, UTF_8), builder);
        } catch (InvalidProtocolBufferException
                | ArithmeticException
                | IllegalArgumentException e) {
            throw new MalformedMessageException("request message: " + e.getMessage(), e);
        }
        return builder.build();
    }

    @Override
    public byte[] encode(Message message, int headroom) {
        return writer.write(message, headroom);
    }
}
