package com.unkey.vmcp.connect;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * Holds a body against the JSON of RFC 8259 and against the shape of a message: what is an object,
 * a list, a string or a number there must be one here. Every complaint names the field. Names that
 * the message does not have are passed over, and so is the inside of google.protobuf types, whose
 * JSON follows rules of its own.
 */
final class JsonShape {

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                    .build();

    private static final Map<Descriptor, Map<String, FieldDescriptor>> FIELDS =
            new ConcurrentHashMap<>();

    private final JsonParser json;

    private JsonShape(JsonParser json) {
        this.json = json;
    }

    static void check(byte[] body, int offset, int length, Descriptor type)
            throws MalformedMessageException {
        if (isBlank(body, offset, length)) {
            throw new MalformedMessageException(
                    "empty request body; an empty message is written as {}");
        }
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body, offset, length)) {
            new JsonShape(json).document(type);
        } catch (JacksonException e) {
            throw new MalformedMessageException(syntaxComplaint(e), e);
        }
    }

    private static boolean isBlank(byte[] body, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            byte b = body[i];
            if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private static String syntaxComplaint(JacksonException e) {
        String where =
                e.getLocation() == null
                        ? ""
                        : " at line %d, column %d"
                                .formatted(
                                        e.getLocation().getLineNr(), e.getLocation().getColumnNr());
        String what = e.getOriginalMessage().lines().findFirst().orElse("cannot be read");
        return "not valid JSON" + where + ": " + what;
    }

    private void document(Descriptor type) throws MalformedMessageException {
        json.nextToken();
        message("request message", "", type);
        if (json.nextToken() != null) {
            throw new MalformedMessageException(
                    "not valid JSON: something follows the end of the request message");
        }
    }

    private void message(String label, String path, Descriptor type)
            throws MalformedMessageException {
        if (hasRulesOfItsOwn(type)) {
            complain(label, JsonTimes.complaint(json, type));
            anything(JsonShape::finite);
            return;
        }
        expect(label, json.currentToken() == JsonToken.START_OBJECT, "an object");
        Map<String, FieldDescriptor> fields = fields(type);
        Set<FieldDescriptor> seen = new HashSet<>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = wellFormed(label, json.currentName());
            FieldDescriptor field = fields.get(name);
            json.nextToken();
            if (field == null) {
                anything(_ -> true);
            } else if (seen.add(field)) {
                field(path + field.getName(), field);
            } else {
                throw new MalformedMessageException(
                        path + field.getName() + ": given twice, in both spellings");
            }
        }
    }

    private void field(String path, FieldDescriptor field) throws MalformedMessageException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (field.isMapField()) {
            map(path, field);
        } else if (field.isRepeated()) {
            list(path, field);
        } else {
            single(path, field);
        }
    }

    private void map(String path, FieldDescriptor field) throws MalformedMessageException {
        expect(path, json.currentToken() == JsonToken.START_OBJECT, "an object");
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = wellFormed(path, json.currentName());
            String label = path + "[\"" + name + "\"]";
            complain(label, JsonScalars.keyComplaint(name, key));
            json.nextToken();
            single(label, value);
        }
    }

    private void list(String path, FieldDescriptor field) throws MalformedMessageException {
        expect(path, json.currentToken() == JsonToken.START_ARRAY, "a list");
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
            single(path + "[" + i + "]", field);
        }
    }

    private void single(String path, FieldDescriptor field) throws MalformedMessageException {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            message(path, path + ".", field.getMessageType());
        } else {
            if (json.currentToken() == JsonToken.VALUE_STRING) {
                wellFormed(path, json.getString());
            }
            complain(path, JsonScalars.complaint(json, field));
        }
    }

    /** Reads over a value of any shape, strings included, so that its bytes are still checked. */
    private void anything(Predicate<JsonParser> numbers) throws MalformedMessageException {
        int depth = 0;
        do {
            JsonToken token = json.currentToken();
            if (token == null) {
                return;
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING) {
                wellFormed("request message", json.getString());
            } else if (token.isNumeric()) {
                expect("request message", numbers.test(json), "a number that fits a double");
            }
        } while (depth > 0 && json.nextToken() != null);
    }

    private static void complain(String label, @Nullable String complaint)
            throws MalformedMessageException {
        if (complaint != null) {
            throw new MalformedMessageException(label + ": " + complaint);
        }
    }

    private void expect(String label, boolean fulfilled, String wanted)
            throws MalformedMessageException {
        if (!fulfilled) {
            throw new MalformedMessageException(
                    label + ": expected " + wanted + ", got " + JsonScalars.named(json));
        }
    }

    /** An escaped half of a surrogate pair is valid JSON but no text that a message can hold. */
    private static String wellFormed(String label, String text) throws MalformedMessageException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair =
                        Character.isHighSurrogate(c)
                                && i + 1 < text.length()
                                && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw new MalformedMessageException(label + ": text with half a character");
                }
                i++;
            }
        }
        return text;
    }

    /** JsonFormat would take a number that is too large for infinity, and could not write it. */
    private static boolean finite(JsonParser number) {
        return Double.isFinite(number.getDoubleValue());
    }

    private static boolean hasRulesOfItsOwn(Descriptor type) {
        return type.getFile().getPackage().equals("google.protobuf");
    }

    private static Map<String, FieldDescriptor> fields(Descriptor type) {
        @Nullable Map<String, FieldDescriptor> known = FIELDS.get(type);
        return known != null ? known : FIELDS.computeIfAbsent(type, JsonShape::bothSpellings);
    }

    private static Map<String, FieldDescriptor> bothSpellings(Descriptor type) {
        Map<String, FieldDescriptor> fields = new HashMap<>();
        for (FieldDescriptor field : type.getFields()) {
            fields.put(field.getName(), field);
            fields.put(field.getJsonName(), field);
        }
        return fields;
    }
}
