package com.unkey.vmcp.connect.golden;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.unkey.vmcp.connect.wire.WireRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A case as the recorder wrote it.
 *
 * @param name with the group's before it
 * @param over versions of HTTP
 * @param ownMessage whether the message of the failure is the method's own, not connect-go's
 */
record Golden(
        String name, List<String> over, boolean ownMessage, WireRequest request, Answer answer) {

    private static final Path DIRECTORY = Path.of("src/test/resources/golden");

    static List<Golden> all() throws IOException {
        List<Golden> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            for (Path file : files.sorted().toList()) {
                String group = file.getFileName().toString().replace(".json", "");
                for (JsonElement each : array(file)) {
                    all.add(of(group, each.getAsJsonObject()));
                }
            }
        }
        return all;
    }

    static JsonArray array(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonArray();
    }

    private static Golden of(String group, JsonObject json) {
        return new Golden(
                group + "/" + json.get("name").getAsString(),
                strings(json.getAsJsonArray("over")),
                json.has("ownMessage"),
                request(json.getAsJsonObject("request")),
                Answer.of(json.getAsJsonObject("answer")));
    }

    private static WireRequest request(JsonObject json) {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (JsonElement header : json.getAsJsonArray("headers")) {
            List<String> both = strings(header.getAsJsonArray());
            headers.add(Map.entry(both.getFirst(), both.getLast()));
        }
        return new WireRequest(
                json.get("method").getAsString(),
                json.get("path").getAsString(),
                headers,
                body(json));
    }

    private static ByteString body(JsonObject json) {
        if (json.has("base64")) {
            return ByteString.copyFrom(
                    Base64.getDecoder().decode(json.get("base64").getAsString()));
        }
        return json.has("text")
                ? ByteString.copyFromUtf8(json.get("text").getAsString())
                : ByteString.EMPTY;
    }

    /** The case's name over one version of HTTP. */
    String over(String http) {
        return name + " over HTTP/" + http;
    }

    static List<String> strings(JsonArray array) {
        List<String> strings = new ArrayList<>();
        array.forEach(each -> strings.add(each.getAsString()));
        return strings;
    }
}
