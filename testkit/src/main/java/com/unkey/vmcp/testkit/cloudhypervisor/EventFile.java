package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/** What an event monitor has written into a file: JSON objects, one after another. */
public record EventFile(Path file) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** {@code source/event} of each whole object, in order. */
    public List<String> names() {
        return objects().stream()
                .map(each -> each.path("source").asString() + "/" + each.path("event").asString())
                .toList();
    }

    /** The whole objects, in order; half of one at the end is left out. */
    public List<JsonNode> objects() {
        List<JsonNode> whole = new ArrayList<>();
        try (MappingIterator<JsonNode> all = JSON.readerFor(JsonNode.class).readValues(text())) {
            while (all.hasNextValue()) {
                whole.add(all.nextValue());
            }
        } catch (JacksonException e) {
            return whole;
        }
        return whole;
    }

    public String text() {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the events are exactly these. */
    public void await(String... names) {
        List<String> expected = List.of(names);
        Await.until(
                "events " + expected + " in " + file,
                () -> {
                    List<String> now = names();
                    if (now.equals(expected)) {
                        return true;
                    }
                    throw new IllegalStateException("events are " + now);
                });
    }
}
