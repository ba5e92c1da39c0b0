package com.unkey.vmcp.connect;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.List;

/** Protobuf's binary encoding. */
final class ProtoCodec implements Codec {

    static final String NAME = "proto";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public Message decode(Message prototype, byte[] data, int offset, int length)
            throws MalformedMessageException {
        try {
            return prototype.getParserForType().parseFrom(data, offset, length);
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedMessageException("request message: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] encode(Message message, int headroom) {
        int size = message.getSerializedSize();
        byte[] bytes = new byte[headroom + size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, headroom, size);
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException("an array cannot be written to", e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }
}
