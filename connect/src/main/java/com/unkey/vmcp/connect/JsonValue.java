package com.unkey.vmcp.connect;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;

/**
 * How values of one type are translated from binary to JSON.
 *
 * @param wireType what the tag in front of a value says
 * @param quoted whether its JSON is a string anyway
 * @param whenAbsent the JSON of the type's default
 */
record JsonValue(int wireType, boolean quoted, JsonText.Piece whenAbsent, Translation translation) {

    /** Reads a value and writes it. */
    interface Translation {
        void write(JsonWriter.Source source, JsonText text) throws IOException;
    }

    /** Reads a number and tells its digits. */
    private interface Digits {
        String read(CodedInputStream in) throws IOException;
    }

    static JsonValue of(FieldDescriptor field) {
        return switch (field.getType()) {
            case INT32 -> number(field, in -> Integer.toString(in.readInt32()));
            case SINT32 -> number(field, in -> Integer.toString(in.readSInt32()));
            case SFIXED32 -> number(field, in -> Integer.toString(in.readSFixed32()));
            case UINT32 -> number(field, in -> Integer.toUnsignedString(in.readUInt32()));
            case FIXED32 -> number(field, in -> Integer.toUnsignedString(in.readFixed32()));
            case INT64 -> quoted(field, in -> Long.toString(in.readInt64()));
            case SINT64 -> quoted(field, in -> Long.toString(in.readSInt64()));
            case SFIXED64 -> quoted(field, in -> Long.toString(in.readSFixed64()));
            case UINT64 -> quoted(field, in -> Long.toUnsignedString(in.readUInt64()));
            case FIXED64 -> quoted(field, in -> Long.toUnsignedString(in.readFixed64()));
            case BOOL -> number(field, "false", in -> Boolean.toString(in.readBool()));
            case FLOAT -> number(field, in -> decimal(in.readFloat()));
            case DOUBLE -> number(field, in -> decimal(in.readDouble()));
            case STRING ->
                    new JsonValue(
                            wireType(field),
                            true,
                            JsonText.Piece.of("\"\""),
                            JsonWriter.Source::quoteTo);
            case BYTES ->
                    quoted(field, "", in -> Base64.getEncoder().encodeToString(in.readByteArray()));
            case ENUM -> enumeration(field);
            case MESSAGE, GROUP -> message(field);
        };
    }

    private static JsonValue number(FieldDescriptor field, Digits digits) {
        return number(field, "0", digits);
    }

    private static JsonValue number(FieldDescriptor field, String zero, Digits digits) {
        return new JsonValue(
                wireType(field),
                false,
                JsonText.Piece.of(zero),
                (source, text) -> text.writeAscii(digits.read(source.in())));
    }

    /** JavaScript has no whole numbers of 64 bits, so JSON has them as strings. */
    private static JsonValue quoted(FieldDescriptor field, Digits digits) {
        return quoted(field, "0", digits);
    }

    private static JsonValue quoted(FieldDescriptor field, String zero, Digits digits) {
        return new JsonValue(
                wireType(field),
                true,
                JsonText.Piece.of('"' + zero + '"'),
                (source, text) -> {
                    text.write('"');
                    text.writeAscii(digits.read(source.in()));
                    text.write('"');
                });
    }

    private static String decimal(float value) {
        return Float.isFinite(value) ? Float.toString(value) : '"' + Float.toString(value) + '"';
    }

    private static String decimal(double value) {
        return Double.isFinite(value) ? Double.toString(value) : '"' + Double.toString(value) + '"';
    }

    /** By name; a number that has none stays one. */
    private static JsonValue enumeration(FieldDescriptor field) {
        EnumDescriptor type = field.getEnumType();
        return new JsonValue(
                wireType(field),
                false,
                JsonText.Piece.of('"' + type.getValues().getFirst().getName() + '"'),
                (source, text) -> {
                    int number = source.in().readEnum();
                    EnumValueDescriptor value = type.findValueByNumber(number);
                    text.writeAscii(
                            value == null ? Integer.toString(number) : '"' + value.getName() + '"');
                });
    }

    private static JsonValue message(FieldDescriptor field) {
        Descriptor type = field.getMessageType();
        return new JsonValue(
                wireType(field),
                false,
                JsonText.Piece.of("{}"),
                (source, text) -> {
                    Optional<JsonTable> table = source.writer().table(type);
                    if (table.isPresent()) {
                        translate(table.get(), source, text);
                    } else {
                        byte[] binary = source.in().readByteArray();
                        text.write(source.writer().print(DynamicMessage.parseFrom(type, binary)));
                    }
                });
    }

    private static void translate(JsonTable table, JsonWriter.Source source, JsonText text)
            throws IOException {
        CodedInputStream in = source.in();
        int outer = in.pushLimit(in.readRawVarint32());
        table.write(source, text);
        in.popLimit(outer);
    }

    private static int wireType(FieldDescriptor field) {
        return field.getLiteType().getWireType();
    }

    void write(JsonWriter.Source source, JsonText text) throws IOException {
        translation.write(source, text);
    }

    /** Keys of objects are strings, whatever they were. */
    void writeAsKey(JsonWriter.Source source, JsonText text) throws IOException {
        if (quoted) {
            write(source, text);
        } else {
            text.write('"');
            write(source, text);
            text.write('"');
        }
    }

    void writeDefaultAsKey(JsonText text) {
        if (quoted) {
            text.write(whenAbsent);
        } else {
            text.write('"');
            text.write(whenAbsent);
            text.write('"');
        }
    }
}
