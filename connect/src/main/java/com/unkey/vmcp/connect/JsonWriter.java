package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes messages as proto3 JSON without looking at them field by field: the generated code encodes
 * a message in binary, which is quick, and the binary is translated with a table for its type that
 * is prepared once. Types with a JSON form of their own, and those with features of proto2, are
 * left to {@link JsonFormat}. Safe on every thread.
 */
final class JsonWriter {

    private final JsonFormat.Printer printer;
    private final FieldNames names;
    private final ConcurrentHashMap<Descriptor, Optional<JsonTable>> tables =
            new ConcurrentHashMap<>();

    /**
     * A writer that has seen no type yet.
     *
     * @param printer for the types that are left to it; spells field names as {@code names} says
     */
    JsonWriter(JsonFormat.Printer printer, FieldNames names) {
        this.printer = printer;
        this.names = names;
    }

    /**
     * Writes a message behind as many bytes as are to be left free.
     *
     * @throws IllegalStateException where it has no JSON form: an Any of a type nobody knows
     */
    byte[] write(Message message, int headroom) {
        Descriptor type = message.getDescriptorForType();
        try {
            Optional<JsonTable> table = table(type);
            return table.isPresent()
                    ? translate(table.get(), message, headroom)
                    : printed(message, headroom);
        } catch (IOException e) {
            throw new IllegalStateException("cannot write " + type.getFullName() + " as JSON", e);
        }
    }

    private byte[] translate(JsonTable table, Message message, int headroom) throws IOException {
        byte[] binary = message.toByteArray();
        JsonText text = new JsonText(headroom, 2 * binary.length);
        table.write(new Source(this, binary), text);
        return text.toBytes();
    }

    private byte[] printed(Message message, int headroom) throws IOException {
        byte[] printed = print(message);
        JsonText text = new JsonText(headroom, printed.length);
        text.write(printed);
        return text.toBytes();
    }

    /** The table of a type; empty where it is left to JsonFormat. */
    Optional<JsonTable> table(Descriptor type) {
        // Without computeIfAbsent where it is known: that would make a lambda for each call.
        Optional<JsonTable> known = tables.get(type);
        return known != null ? known : tables.computeIfAbsent(type, this::prepare);
    }

    private Optional<JsonTable> prepare(Descriptor type) {
        return JsonTable.covers(type) ? Optional.of(JsonTable.of(type, names)) : Optional.empty();
    }

    byte[] print(MessageOrBuilder message) throws InvalidProtocolBufferException {
        return printer.print(message).getBytes(UTF_8);
    }

    /** A message in binary, and how far it is read. */
    static final class Source {

        private final JsonWriter writer;
        private final byte[] bytes;
        private final CodedInputStream in;

        private Source(JsonWriter writer, byte[] bytes) {
            this.writer = writer;
            this.bytes = bytes;
            this.in = CodedInputStream.newInstance(bytes);
        }

        JsonWriter writer() {
            return writer;
        }

        CodedInputStream in() {
            return in;
        }

        /** Writes the string at which {@code in} stands, without making a String of it. */
        void quoteTo(JsonText text) throws IOException {
            int length = in.readRawVarint32();
            text.quote(bytes, in.getTotalBytesRead(), length);
            in.skipRawBytes(length);
        }
    }
}
