package com.unkey.vmcp.connect;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How messages of one type are translated from binary to JSON: their fields by number. */
final class JsonTable {

    /** Has types with a JSON form of their own: Timestamp, Struct, Any. */
    private static final String WELL_KNOWN = "google.protobuf";

    private final int[] numbers;
    private final JsonField[] fields;

    private JsonTable(int[] numbers, JsonField[] fields) {
        this.numbers = numbers;
        this.fields = fields;
    }

    static JsonTable of(Descriptor type, FieldNames names) {
        List<FieldDescriptor> sorted =
                type.getFields().stream()
                        .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
                        .toList();
        return new JsonTable(
                sorted.stream().mapToInt(FieldDescriptor::getNumber).toArray(),
                sorted.stream().map(field -> JsonField.of(field, names)).toArray(JsonField[]::new));
    }

    /**
     * Whether binary tells all that is needed. It does not for groups and extensions, nor for
     * closed enums, whose unknown numbers JSON leaves out.
     */
    static boolean covers(Descriptor type) {
        return !isWellKnown(type.getFile().getPackage())
                && !type.isExtendable()
                && type.getFields().stream().allMatch(JsonTable::covers);
    }

    private static boolean covers(FieldDescriptor field) {
        return switch (field.getType()) {
            case GROUP -> false;
            case ENUM ->
                    !field.legacyEnumFieldTreatedAsClosed()
                            && !isWellKnown(field.getEnumType().getFile().getPackage());
            case MESSAGE -> !field.isMapField() || coversEntry(field.getMessageType());
            default -> true;
        };
    }

    /** A default that is left out of an entry has to be known in JSON. */
    private static boolean coversEntry(Descriptor entry) {
        FieldDescriptor value = entry.findFieldByNumber(2);
        return value.getType() == FieldDescriptor.Type.MESSAGE
                ? !isWellKnown(value.getMessageType().getFile().getPackage())
                : covers(value);
    }

    private static boolean isWellKnown(String name) {
        return name.equals(WELL_KNOWN);
    }

    /** Translates up to the end of what may be read. */
    void write(JsonWriter.Source source, JsonText text) throws IOException {
        text.write('{');
        int tag = source.in().readTag();
        while (tag != 0) {
            JsonField field = find(tag);
            if (field == null) {
                source.in().skipField(tag);
                tag = source.in().readTag();
            } else {
                tag = field.write(tag, source, text);
            }
        }
        text.write('}');
    }

    /** Null where the tag is not one that this type's fields are written with. */
    private @Nullable JsonField find(int tag) {
        int index = Arrays.binarySearch(numbers, WireFormat.getTagFieldNumber(tag));
        return index >= 0 && fields[index].isWrittenAs(WireFormat.getTagWireType(tag))
                ? fields[index]
                : null;
    }
}
