package com.unkey.vmcp.connect.golden;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.unkey.vmcp.connect.testing.v1.Everything;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Locale;

/** What a body or a frame holds, by value: neither spaces nor the order of fields matter. */
sealed interface Content {

    /** Beyond what any case nests. */
    int DEEPEST = 1_000;

    static Content none() {
        return new Text("");
    }

    /** JSON, with those parts of errors left out that are optional. */
    record Json(JsonElement value) implements Content {}

    /** A binary message. */
    record Proto(Everything message) implements Content {}

    /** Anything else. */
    record Text(String text) implements Content {}

    /** From a golden file. */
    static Content of(JsonObject json) {
        if (json.has("proto")) {
            return proto(
                    ByteString.copyFrom(
                            Base64.getDecoder().decode(json.get("proto").getAsString())));
        }
        return json.has("json")
                ? new Json(tidied(json.get("json")))
                : new Text(json.get("text").getAsString());
    }

    /** From the wire. */
    static Content of(String type, ByteString content) {
        String text = content.toStringUtf8();
        return switch (type) {
            case "application/proto" -> proto(content);
            case "application/json", "application/json; charset=utf-8" ->
                    new Json(tidied(JsonParser.parseString(text)));
            default -> new Text(text);
        };
    }

    private static Content proto(ByteString message) {
        try {
            CodedInputStream in = message.newCodedInput();
            in.setRecursionLimit(DEEPEST);
            return new Proto(Everything.parseFrom(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without details' debug texts; names of metadata are in any case. */
    private static JsonElement tidied(JsonElement value) {
        if (value instanceof JsonObject object) {
            removeDebug(object);
            if (object.get("error") instanceof JsonObject error) {
                removeDebug(error);
            }
            if (object.get("metadata") instanceof JsonObject metadata) {
                object.add("metadata", lowerCase(metadata));
            }
        }
        return value;
    }

    private static void removeDebug(JsonObject error) {
        if (error.get("details") instanceof JsonArray details) {
            details.forEach(detail -> detail.getAsJsonObject().remove("debug"));
        }
    }

    private static JsonObject lowerCase(JsonObject names) {
        JsonObject lower = new JsonObject();
        names.entrySet().forEach(e -> lower.add(e.getKey().toLowerCase(Locale.ROOT), e.getValue()));
        return lower;
    }

    /** The same without the words of a failure. */
    default Content withoutWords() {
        if (!(this instanceof Json(JsonObject object))) {
            return this;
        }
        JsonObject copy = object.deepCopy();
        forgetWords(copy);
        if (copy.get("error") instanceof JsonObject error) {
            forgetWords(error);
        }
        return new Json(copy);
    }

    private static void forgetWords(JsonObject error) {
        if (error.has("code") && error.get("message") != null) {
            error.addProperty("message", anyWords(error.get("message").getAsString()));
        }
    }

    static String anyWords(String words) {
        return words.isEmpty() ? "" : "words";
    }
}
