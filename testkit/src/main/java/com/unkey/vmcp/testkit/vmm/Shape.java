package com.unkey.vmcp.testkit.vmm;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a JSON object must and may hold. Reading gives an object with the fields that are known, in
 * their order, absent ones with their defaults. Unknown fields are left out without a word, unless
 * the shape is {@link #strict()}. Errors have the words of the programs' own JSON library.
 */
public final class Shape {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    private final List<Field> fields = new ArrayList<>();
    private boolean strict;

    /** JSON that is not of a shape, or text that is no JSON. */
    public static final class Misfit extends RuntimeException {
        private static final long serialVersionUID = 1;

        Misfit(String message) {
            super(message + " at line 1 column 1");
        }

        /** What does not fit, and where. */
        public String what() {
            return String.valueOf(getMessage());
        }
    }

    /** What a value must be. */
    public sealed interface Kind {
        /** A whole number from 0 that fits the bits. */
        record Whole(int bits) implements Kind {}

        record Flag() implements Kind {}

        record Text() implements Kind {}

        record Mac() implements Kind {}

        record Choice(List<String> names) implements Kind {}

        record Struct(Shape shape) implements Kind {}

        record Many(Kind of) implements Kind {}

        /** Whatever it is: a part that is not played. */
        record Any() implements Kind {}
    }

    private record Field(String name, Kind kind, boolean required, Optional<JsonNode> absent) {}

    public static Kind whole(int bits) {
        return new Kind.Whole(bits);
    }

    public static Kind flag() {
        return new Kind.Flag();
    }

    public static Kind text() {
        return new Kind.Text();
    }

    public static Kind choice(String... names) {
        return new Kind.Choice(List.of(names));
    }

    /** Unknown fields are errors from now on. */
    public Shape strict() {
        strict = true;
        return this;
    }

    public Shape required(String name, Kind kind) {
        fields.add(new Field(name, kind, true, Optional.empty()));
        return this;
    }

    public Shape optional(String name, Kind kind) {
        fields.add(new Field(name, kind, false, Optional.empty()));
        return this;
    }

    /** A field that has this value, written as JSON, where it is absent. */
    public Shape optional(String name, Kind kind, String absent) {
        fields.add(new Field(name, kind, false, Optional.of(JSON.readTree(absent))));
        return this;
    }

    /**
     * Reads the text of a request.
     *
     * @throws Misfit where it is not of this shape
     */
    public ObjectNode read(byte[] text) {
        JsonNode given;
        try {
            given = JSON.readTree(text);
        } catch (RuntimeException e) {
            throw new Misfit("expected value");
        }
        return read(given);
    }

    private ObjectNode read(JsonNode given) {
        if (!(given instanceof ObjectNode)) {
            throw new Misfit("invalid type: " + named(given) + ", expected struct");
        }
        if (strict) {
            given.propertyNames().forEach(this::know);
        }
        ObjectNode result = JSON.createObjectNode();
        for (Field field : fields) {
            JsonNode value = given.path(field.name);
            boolean absent = value.isMissingNode() || value.isNull();
            if (absent && field.required) {
                throw new Misfit("missing field `" + field.name + "`");
            }
            if (absent) {
                field.absent.ifPresent(usual -> result.set(field.name, usual.deepCopy()));
            } else {
                result.set(field.name, read(field.kind, value));
            }
        }
        return result;
    }

    private void know(String name) {
        List<String> known = fields.stream().map(Field::name).toList();
        if (!known.contains(name)) {
            throw new Misfit("unknown field `" + name + "`, expected " + oneOf(known));
        }
    }

    private static String oneOf(List<String> names) {
        return switch (names.size()) {
            case 1 -> "`" + names.getFirst() + "`";
            case 2 -> "`" + names.getFirst() + "` or `" + names.getLast() + "`";
            default -> "one of `" + String.join("`, `", names) + "`";
        };
    }

    private static JsonNode read(Kind kind, JsonNode value) {
        return switch (kind) {
            case Kind.Whole(int bits) -> whole(bits, value);
            case Kind.Flag() -> fitting(value, value.isBoolean(), "a boolean");
            case Kind.Text() -> fitting(value, value.isString(), "a string");
            case Kind.Mac() -> mac(value);
            case Kind.Choice(List<String> names) -> choice(names, value);
            case Kind.Struct(Shape shape) -> shape.read(value);
            case Kind.Many(Kind of) -> many(of, value);
            case Kind.Any() -> value.deepCopy();
        };
    }

    private static JsonNode whole(int bits, JsonNode value) {
        fitting(value, value.isIntegralNumber(), "u" + bits);
        BigInteger number = value.bigIntegerValue();
        if (number.signum() < 0 || number.bitLength() > bits) {
            throw new Misfit("invalid value: integer `" + number + "`, expected u" + bits);
        }
        return value;
    }

    private static JsonNode mac(JsonNode value) {
        fitting(value, value.isString(), "a string");
        if (!MAC.matcher(value.stringValue()).matches()) {
            throw new Misfit("The provided MAC address is invalid: " + value.stringValue());
        }
        return value;
    }

    private static JsonNode choice(List<String> names, JsonNode value) {
        fitting(value, value.isString(), "a variant");
        if (!names.contains(value.stringValue())) {
            throw new Misfit(
                    "unknown variant `" + value.stringValue() + "`, expected " + oneOf(names));
        }
        return value;
    }

    private static JsonNode many(Kind of, JsonNode value) {
        fitting(value, value.isArray(), "a sequence");
        ArrayNode all = JSON.createArrayNode();
        value.forEach(each -> all.add(read(of, each)));
        return all;
    }

    private static JsonNode fitting(JsonNode value, boolean fits, String expected) {
        if (!fits) {
            throw new Misfit("invalid type: " + named(value) + ", expected " + expected);
        }
        return value;
    }

    private static String named(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "string \"" + value.stringValue() + "\"";
            case NUMBER -> "number `" + value + "`";
            case BOOLEAN -> "boolean `" + value + "`";
            case ARRAY -> "sequence";
            case OBJECT -> "map";
            case BINARY, MISSING, NULL, POJO -> "null";
        };
    }
}
