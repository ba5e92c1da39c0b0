package com.unkey.vmcp.connect;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** How one field is translated from binary to JSON. */
sealed interface JsonField {

    /** Whether the field, or a part of it, may come with a wire type. */
    boolean isWrittenAs(int wireType);

    /**
     * Translates the field, name included.
     *
     * @param tag what was read last, a tag of this field
     * @return the first tag that is not of this field; 0 at the end
     */
    int write(int tag, JsonWriter.Source source, JsonText text) throws IOException;

    static JsonField of(FieldDescriptor field, FieldNames names) {
        JsonText.Piece label = label(field, names);
        if (field.isMapField()) {
            FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
            FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
            return new Mapped(label, JsonValue.of(key), JsonValue.of(value));
        }
        JsonValue value = JsonValue.of(field);
        return field.isRepeated()
                ? new Listed(label, value, field.isPackable())
                : new Single(label, value);
    }

    private static JsonText.Piece label(FieldDescriptor field, FieldNames names) {
        JsonText label = new JsonText(0, 32);
        label.quote(
                switch (names) {
                    case PROTO -> field.getName();
                    case CAMEL -> field.getJsonName();
                });
        label.write(':');
        return new JsonText.Piece(label.toBytes());
    }

    /** One value. */
    record Single(JsonText.Piece label, JsonValue value) implements JsonField {

        @Override
        public boolean isWrittenAs(int wireType) {
            return wireType == value.wireType();
        }

        @Override
        public int write(int tag, JsonWriter.Source source, JsonText text) throws IOException {
            text.separate();
            text.write(label);
            value.write(source, text);
            return source.in().readTag();
        }
    }

    /** Values one by one, or packed: all of them behind their length. */
    record Listed(JsonText.Piece label, JsonValue value, boolean packable) implements JsonField {

        @Override
        public boolean isWrittenAs(int wireType) {
            return wireType == value.wireType()
                    || (packable && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED);
        }

        @Override
        public int write(int tag, JsonWriter.Source source, JsonText text) throws IOException {
            text.separate();
            text.write(label);
            text.write('[');
            int next;
            do {
                if (WireFormat.getTagWireType(tag) == value.wireType()) {
                    text.separate();
                    value.write(source, text);
                } else {
                    writePacked(source, text);
                }
                next = source.in().readTag();
            } while (next == tag);
            text.write(']');
            return next;
        }

        private void writePacked(JsonWriter.Source source, JsonText text) throws IOException {
            CodedInputStream in = source.in();
            int outer = in.pushLimit(in.readRawVarint32());
            while (!in.isAtEnd()) {
                text.separate();
                value.write(source, text);
            }
            in.popLimit(outer);
        }
    }

    /** Entries, each a message of key and value; either may be left out for its default. */
    record Mapped(JsonText.Piece label, JsonValue key, JsonValue value) implements JsonField {

        @Override
        public boolean isWrittenAs(int wireType) {
            return wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED;
        }

        @Override
        public int write(int tag, JsonWriter.Source source, JsonText text) throws IOException {
            text.separate();
            text.write(label);
            text.write('{');
            int next;
            do {
                text.separate();
                writeEntry(source, text);
                next = source.in().readTag();
            } while (next == tag);
            text.write('}');
            return next;
        }

        private void writeEntry(JsonWriter.Source source, JsonText text) throws IOException {
            CodedInputStream in = source.in();
            int outer = in.pushLimit(in.readRawVarint32());
            int tag = in.readTag();
            if (WireFormat.getTagFieldNumber(tag) == 1) {
                key.writeAsKey(source, text);
                tag = in.readTag();
            } else {
                key.writeDefaultAsKey(text);
            }
            text.write(':');
            if (tag == 0) {
                text.write(value.whenAbsent());
            } else {
                value.write(source, text);
            }
            in.popLimit(outer);
        }
    }
}
