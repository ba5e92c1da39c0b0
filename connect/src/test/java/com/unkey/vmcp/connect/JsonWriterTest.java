package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.CaseFormat;
import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the writer against protobuf's own, on messages with fields of every type. */
class JsonWriterTest {

    private static final Descriptor EVERYTHING = everything();

    private final JsonWriter writer = new JsonWriter(printer(FieldNames.PROTO), FieldNames.PROTO);

    private static JsonFormat.Printer printer(FieldNames names) {
        JsonFormat.Printer dense = JsonFormat.printer().omittingInsignificantWhitespace();
        return names == FieldNames.PROTO ? dense.preservingProtoFieldNames() : dense;
    }

    @ParameterizedTest
    @EnumSource
    void writesWhatProtobufWrites(FieldNames names) throws InvalidProtocolBufferException {
        JsonWriter its = new JsonWriter(printer(names), names);
        for (int seed = 0; seed < 500; seed++) {
            Message message = new Filler(new Random(seed)).fill(EVERYTHING, 3);
            String written = new String(its.write(message, 0), UTF_8);
            String expected = printer(names).print(message);
            // Equal, and in the same order; protobuf escapes more than it must.
            assertThat(JsonParser.parseString(written).toString())
                    .isEqualTo(JsonParser.parseString(expected).toString());
            DynamicMessage.Builder back = DynamicMessage.newBuilder(EVERYTHING);
            JsonFormat.parser().merge(written, back);
            assertThat(back.build()).isEqualTo(message);
        }
    }

    @Test
    void writesNothingOfAnEmptyMessage() {
        assertThat(written(DynamicMessage.getDefaultInstance(EVERYTHING))).isEqualTo("{}");
    }

    @Test
    void leavesBytesFreeInFront() {
        Message message = set("plain_string", "x");
        assertThat(writer.write(message, 5))
                .hasSize(5 + "{'plain_string':'x'}".length())
                .startsWith(0, 0, 0, 0, 0, '{');
        assertThat(writer.write(StringValue.of("x"), 5)).startsWith(0, 0, 0, 0, 0, '"', 'x');
    }

    @Test
    void escapesWhatMustBeAndNothingElse() {
        Message message = set("plain_string", "\"\\\b\f\n\r\t\0\u001f </>&'=\u007f\u2028 ä 😀");
        assertThat(written(message))
                .isEqualTo(
                        "{\"plain_string\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f </>&'=\u007f\u2028 ä 😀\"}");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void quotesWhatIsNoNumber(double value) {
        assertThat(written(set("plain_double", value)))
                .isEqualTo("{\"plain_double\":\"" + value + "\"}");
    }

    @Test
    void writesUnknownEnumValuesByNumber() {
        var unknown = EVERYTHING.findFieldByName("plain_enum").getEnumType();
        Message message = set("plain_enum", unknown.findValueByNumberCreatingIfUnknown(77));
        assertThat(written(message)).isEqualTo("{\"plain_enum\":77}");
    }

    @Test
    void passesOverWhatTheTypeDoesNotHave() {
        UnknownFieldSet.Field number = UnknownFieldSet.Field.newBuilder().addVarint(5).build();
        int string = EVERYTHING.findFieldByName("plain_string").getNumber();
        Message message =
                set("plain_bool", true).toBuilder()
                        .setUnknownFields(
                                UnknownFieldSet.newBuilder()
                                        .addField(9_999, number)
                                        .addField(string, number)
                                        .build())
                        .build();
        assertThat(written(message)).isEqualTo("{\"plain_bool\":true}");
    }

    @Test
    void leavesOtherFormsToProtobuf() {
        assertThat(written(Duration.newBuilder().setSeconds(3).build())).isEqualTo("\"3s\"");
        assertThat(written(FileDescriptorProto.newBuilder().setName("a").build()))
                .isEqualTo("{\"name\":\"a\"}");
    }

    @Test
    void refusesAnUnknownTypeInAnAny() {
        Any unknown = Any.newBuilder().setTypeUrl("type.googleapis.com/no.Such").build();
        assertThatThrownBy(() -> writer.write(unknown, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("google.protobuf.Any");
    }

    private String written(Message message) {
        return new String(writer.write(message, 0), UTF_8);
    }

    private static Message set(String field, Object value) {
        return DynamicMessage.newBuilder(EVERYTHING)
                .setField(EVERYTHING.findFieldByName(field), value)
                .build();
    }

    // ---- a type with everything
    // ------------------------------------------------------------------

    /** Each type once plain, once optional, once repeated, and as key and value of maps. */
    private static Descriptor everything() {
        DescriptorProto.Builder type = DescriptorProto.newBuilder().setName("Everything");
        int number = 1;
        for (FieldDescriptorProto.Type each : FieldDescriptorProto.Type.values()) {
            if (each != FieldDescriptorProto.Type.TYPE_GROUP) {
                String name = each.name().substring("TYPE_".length()).toLowerCase(Locale.ROOT);
                type.addField(field("plain_" + name, number++, each));
                type.addField(
                        field("list_of_" + name, number++ + 1_000, each)
                                .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED));
                addMap(
                        type,
                        "to_" + name,
                        number++ + 20_000,
                        FieldDescriptorProto.Type.TYPE_STRING,
                        each);
                if (isKey(each)) {
                    addMap(
                            type,
                            "from_" + name,
                            number++,
                            each,
                            FieldDescriptorProto.Type.TYPE_DOUBLE);
                }
            }
        }
        type.addField(
                field("at", number, FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".google.protobuf.Timestamp"));
        return build(type);
    }

    private static boolean isKey(FieldDescriptorProto.Type type) {
        return switch (type) {
            case TYPE_FLOAT, TYPE_DOUBLE, TYPE_BYTES, TYPE_ENUM, TYPE_MESSAGE -> false;
            default -> true;
        };
    }

    private static FieldDescriptorProto.Builder field(
            String name, int number, FieldDescriptorProto.Type type) {
        FieldDescriptorProto.Builder field =
                FieldDescriptorProto.newBuilder()
                        .setName(name)
                        .setNumber(number)
                        .setType(type)
                        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
        return switch (type) {
            case TYPE_ENUM -> field.setTypeName(".test.Colour");
            case TYPE_MESSAGE -> field.setTypeName(".test.Everything");
            default -> field;
        };
    }

    private static void addMap(
            DescriptorProto.Builder type,
            String name,
            int number,
            FieldDescriptorProto.Type key,
            FieldDescriptorProto.Type value) {
        String entry = CaseFormat.LOWER_UNDERSCORE.to(CaseFormat.UPPER_CAMEL, name) + "Entry";
        DescriptorProto.Builder nested =
                DescriptorProto.newBuilder()
                        .setName(entry)
                        .addField(field("key", 1, key))
                        .addField(field("value", 2, value));
        nested.getOptionsBuilder().setMapEntry(true);
        type.addNestedType(nested);
        type.addField(
                field(name, number, FieldDescriptorProto.Type.TYPE_BOOL)
                        .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                        .setTypeName(".test.Everything." + entry)
                        .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED));
    }

    private static Descriptor build(DescriptorProto.Builder type) {
        EnumDescriptorProto colour =
                EnumDescriptorProto.newBuilder()
                        .setName("Colour")
                        .addValue(
                                EnumValueDescriptorProto.newBuilder().setName("NONE").setNumber(0))
                        .addValue(EnumValueDescriptorProto.newBuilder().setName("RED").setNumber(1))
                        .addValue(
                                EnumValueDescriptorProto.newBuilder().setName("BLUE").setNumber(-5))
                        .build();
        FileDescriptorProto file =
                FileDescriptorProto.newBuilder()
                        .setName("everything.proto")
                        .setPackage("test")
                        .setSyntax("proto3")
                        .addDependency(TimestampProto.getDescriptor().getName())
                        .addMessageType(type)
                        .addEnumType(colour)
                        .build();
        try {
            return FileDescriptor.buildFrom(
                            file, new FileDescriptor[] {TimestampProto.getDescriptor()})
                    .findMessageTypeByName("Everything");
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes messages of random content. */
    private record Filler(Random random) {

        Message fill(Descriptor type, int depth) {
            DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
            for (FieldDescriptor field : type.getFields()) {
                if (random.nextInt(4) == 0) {
                    set(message, field, depth);
                }
            }
            return message.build();
        }

        private void set(DynamicMessage.Builder message, FieldDescriptor field, int depth) {
            if (field.isMapField()) {
                message.setField(field, List.of(entry(field.getMessageType(), depth)));
            } else if (field.isRepeated()) {
                List<Object> values = new ArrayList<>();
                for (int left = random.nextInt(4); left > 0; left--) {
                    values.add(value(field, depth));
                }
                message.setField(field, values);
            } else {
                message.setField(field, value(field, depth));
            }
        }

        private Message entry(Descriptor type, int depth) {
            DynamicMessage.Builder entry = DynamicMessage.newBuilder(type);
            for (FieldDescriptor part : type.getFields()) {
                entry.setField(part, value(part, depth));
            }
            return entry.build();
        }

        private Object value(FieldDescriptor field, int depth) {
            boolean small = random.nextBoolean();
            return switch (field.getJavaType()) {
                case INT -> small ? random.nextInt(3) : random.nextInt();
                case LONG -> small ? random.nextInt(3) : random.nextLong();
                case FLOAT ->
                        small ? random.nextInt(3) : Float.intBitsToFloat(random.nextInt(1 << 30));
                case DOUBLE -> small ? random.nextInt(3) : random.nextGaussian() * 1e20;
                case BOOLEAN -> small;
                case STRING -> small ? "" : text();
                case BYTE_STRING -> ByteString.copyFromUtf8(text());
                case ENUM -> field.getEnumType().getValues().get(random.nextInt(3));
                case MESSAGE -> message(field.getMessageType(), depth);
            };
        }

        private Message message(Descriptor type, int depth) {
            if (type.equals(Timestamp.getDescriptor())) {
                return Timestamp.newBuilder().setSeconds(random.nextInt()).build();
            }
            return depth == 0 ? DynamicMessage.getDefaultInstance(type) : fill(type, depth - 1);
        }

        private String text() {
            StringBuilder text = new StringBuilder();
            for (int left = random.nextInt(8); left > 0; left--) {
                text.appendCodePoint(random.nextBoolean() ? random.nextInt(0x80) : 0x1F600 + left);
            }
            return text.toString();
        }
    }
}
