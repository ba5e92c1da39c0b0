package com.unkey.vmcp.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The way from and to JSON text. Fields are named one by one where they are mapped, so that
 * renaming a class or a component never changes what is on disk.
 */
final class Json {

    private static final String VERSION = "version";

    /**
     * Whatever was accepted once must be readable for ever, so the parser's limits are off, and
     * with them the table of names, which gives up when a client picks names that collide.
     */
    private static final JsonMapper MAPPER =
            new JsonMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxNameLength(Integer.MAX_VALUE)
                                            .maxStringLength(Integer.MAX_VALUE)
                                            .build())
                            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                            .build());

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** A document's root. */
    static ObjectNode document(int version) {
        return object().put(VERSION, version);
    }

    static String write(ObjectNode document) {
        return MAPPER.writeValueAsString(document);
    }

    /**
     * Parses a document.
     *
     * @throws IllegalArgumentException where its version is above {@code known}
     */
    static JsonNode read(String text, int known) {
        JsonNode document = MAPPER.readTree(text);
        int version = document.required(VERSION).intValue();
        if (version > known) {
            throw new IllegalArgumentException(
                    "document version " + version + ", known up to " + known);
        }
        return document;
    }

    static ObjectNode map(Map<String, String> entries) {
        ObjectNode object = object();
        entries.forEach(object::put);
        return object;
    }

    static Map<String, String> map(JsonNode object) {
        return object.properties().stream()
                .collect(
                        Collectors.toUnmodifiableMap(
                                Map.Entry::getKey, entry -> entry.getValue().stringValue()));
    }

    static <T> ArrayNode list(List<T> items, Function<T, ObjectNode> write) {
        return MAPPER.createArrayNode().addAll(items.stream().map(write).toList());
    }

    static <T> List<T> list(JsonNode array, Function<JsonNode, T> read) {
        return array.values().stream().map(read).toList();
    }

    static String text(JsonNode object, String field) {
        return object.path(field).stringValue("");
    }

    static int integer(JsonNode object, String field) {
        return object.path(field).intValue(0);
    }

    static long longInteger(JsonNode object, String field) {
        return object.path(field).longValue(0);
    }

    static boolean flag(JsonNode object, String field) {
        return object.path(field).booleanValue(false);
    }

    static <T> Optional<T> optional(JsonNode object, String field, Function<JsonNode, T> read) {
        return object.optional(field).map(read);
    }
}
