package com.unkey.vmcp.connect.golden;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the engine is to answer otherwise than connect-go, and why.
 *
 * @param answer its own
 */
record Difference(String reason, Answer answer) {

    private static final Path FILE = Path.of("src/test/resources/golden-differences.json");

    /** By the name of the case, or its name over one version of HTTP where the other is alike. */
    static Map<String, Difference> all() throws IOException {
        Map<String, Difference> all = new HashMap<>();
        for (JsonElement each : Golden.array(FILE)) {
            JsonObject json = each.getAsJsonObject();
            Difference difference =
                    new Difference(
                            json.get("reason").getAsString(),
                            Answer.of(json.getAsJsonObject("answer")));
            for (String name : Golden.strings(json.getAsJsonArray("cases"))) {
                if (all.put(name, difference) != null) {
                    throw new IOException("declared twice: " + name);
                }
            }
        }
        return all;
    }
}
