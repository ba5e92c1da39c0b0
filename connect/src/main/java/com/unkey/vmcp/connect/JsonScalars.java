package com.unkey.vmcp.connect;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Which JSON values a field that is no message may have. */
final class JsonScalars {

    private static final BigInteger TWO = BigInteger.TWO;

    /** RFC 8259, 6; numbers in strings have to look the same. */
    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");

    private JsonScalars() {}

    /** What is wrong with the parser's current value for this field; null where nothing is. */
    static @Nullable String complaint(JsonParser json, FieldDescriptor field) {
        return switch (field.getType()) {
            case STRING, BYTES ->
                    unless(json, json.currentToken() == JsonToken.VALUE_STRING, "a string");
            case BOOL -> unless(json, json.currentToken().isBoolean(), "true or false");
            case DOUBLE -> unless(json, isNumberOrString(json), "a number");
            case FLOAT -> unless(json, fitsFloat(json), "a number of 32 bits");
            case INT32, SINT32, SFIXED32 -> integer(json, TWO.pow(31).negate(), TWO.pow(31));
            case UINT32, FIXED32 -> integer(json, BigInteger.ZERO, TWO.pow(32));
            case INT64, SINT64, SFIXED64 -> integer(json, TWO.pow(63).negate(), TWO.pow(63));
            case UINT64, FIXED64 -> integer(json, BigInteger.ZERO, TWO.pow(64));
            case ENUM -> enumeration(json, field);
            case MESSAGE, GROUP ->
                    unless(json, json.currentToken() == JsonToken.START_OBJECT, "an object");
        };
    }

    /** What is wrong with the key of a map; null where nothing is. */
    static @Nullable String keyComplaint(String key, FieldDescriptor field) {
        boolean good =
                switch (field.getJavaType()) {
                    case INT, LONG -> INTEGER.matcher(key).matches();
                    case BOOLEAN -> key.equals("true") || key.equals("false");
                    case STRING, FLOAT, DOUBLE, BYTE_STRING, ENUM, MESSAGE -> true;
                };
        return good ? null : "no key of this map";
    }

    /** The parser's current value, shortened, for a complaint. */
    static String named(JsonParser json) {
        JsonToken token = json.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> '"' + shortened(json.getString()) + '"';
            default -> shortened(json.getString());
        };
    }

    private static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 61) + "...";
    }

    private static @Nullable String unless(JsonParser json, boolean fulfilled, String wanted) {
        return fulfilled ? null : "expected " + wanted + ", got " + named(json);
    }

    private static boolean isNumberOrString(JsonParser json) {
        JsonToken token = json.currentToken();
        return token.isNumeric() || token == JsonToken.VALUE_STRING;
    }

    private static @Nullable String integer(JsonParser json, BigInteger least, BigInteger beyond) {
        @Nullable BigInteger value = isNumberOrString(json) ? whole(json.getString()) : null;
        if (value == null) {
            return "expected a whole number, got " + named(json);
        }
        boolean fits = value.compareTo(least) >= 0 && value.compareTo(beyond) < 0;
        return fits
                ? null
                : "expected %s to %s, got %s"
                        .formatted(least, beyond.subtract(BigInteger.ONE), named(json));
    }

    private static boolean fitsFloat(JsonParser json) {
        if (!isNumberOrString(json)) {
            return false;
        }
        if (!NUMBER.matcher(json.getString()).matches()) {
            return true;
        }
        return !Float.isInfinite(Float.parseFloat(json.getString()));
    }

    private static @Nullable BigInteger whole(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return null;
        }
        try {
            BigDecimal value = new BigDecimal(text);
            // A few digits can stand for a number of gigabytes: 1e999999999.
            boolean sane = value.precision() - value.scale() <= 40 && value.scale() <= 1_000;
            return sane ? value.toBigIntegerExact() : null;
        } catch (NumberFormatException | ArithmeticException e) {
            return null;
        }
    }

    /** Names the message type does not know are refused: to skip one would change the meaning. */
    private static @Nullable String enumeration(JsonParser json, FieldDescriptor field) {
        if (json.currentToken().isNumeric()) {
            return integer(json, TWO.pow(31).negate(), TWO.pow(31));
        }
        boolean known =
                json.currentToken() == JsonToken.VALUE_STRING
                        && field.getEnumType().findValueByName(json.getString()) != null;
        return unless(json, known, "one of " + names(field));
    }

    private static String names(FieldDescriptor field) {
        return field.getEnumType().getValues().stream()
                .map(EnumValueDescriptor::getName)
                .collect(Collectors.joining(", "));
    }
}
