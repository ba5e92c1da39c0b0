package com.unkey.vmcp.connect.golden;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.unkey.vmcp.connect.wire.Envelopes;
import com.unkey.vmcp.connect.wire.WireAnswer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An answer in the parts that matter, so that two can be compared by {@code equals}. Trailers are
 * together with the headers where the protocol leaves open which of both they are: a failed gRPC
 * call may have nothing but headers, and gRPC-Web may put its trailers in a frame or there.
 */
record Answer(int status, Map<String, List<String>> headers, Content body, List<Frame> frames) {

    private static final Set<String> COMPARED =
            Set.of(
                    "accept-encoding",
                    "accept-post",
                    "allow",
                    "connection",
                    "content-encoding",
                    "content-type",
                    "location",
                    "vary");

    private static final List<String> COMPARED_PREFIXES =
            List.of("connect-", "grpc-", "trailer-", "x-");

    /** An envelope. */
    record Frame(int flags, Content content) {}

    /** From a golden file. */
    static Answer of(JsonObject json) {
        Map<String, List<String>> headers = new TreeMap<>();
        for (String part : List.of("headers", "trailers")) {
            if (json.has(part)) {
                json.getAsJsonObject(part)
                        .entrySet()
                        .forEach(
                                header ->
                                        put(
                                                headers,
                                                header.getKey(),
                                                Golden.strings(
                                                        header.getValue().getAsJsonArray())));
            }
        }
        List<Frame> frames = new ArrayList<>();
        if (json.has("frames")) {
            for (JsonElement each : json.getAsJsonArray("frames")) {
                addFrame(each.getAsJsonObject(), headers, frames);
            }
        }
        Content body = json.has("body") ? Content.of(json.getAsJsonObject("body")) : Content.none();
        return new Answer(json.get("status").getAsInt(), headers, body, frames);
    }

    private static void addFrame(
            JsonObject json, Map<String, List<String>> headers, List<Frame> frames) {
        int flags = json.get("flags").getAsInt();
        if ((flags & Envelopes.WEB_TRAILERS) == 0) {
            frames.add(new Frame(flags, Content.of(json)));
        } else {
            putLines(headers, json.get("text").getAsString());
        }
    }

    /** From the wire. */
    static Answer of(WireAnswer wire, List<String> over) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>();
        wire.headers().forEach((name, values) -> put(headers, name, values));
        wire.trailers().forEach((name, values) -> put(headers, name, values));
        if (over.size() > 1) {
            headers.remove("connection");
        }
        String type = wire.header("content-type");
        ByteString body =
                wire.header("content-encoding").equals("gzip")
                        ? ByteString.copyFrom(Envelopes.inflate(wire.body().toByteArray()))
                        : wire.body();
        boolean stream =
                type.startsWith("application/connect+") || type.startsWith("application/grpc");
        if (!stream || wire.status() != 200) {
            return new Answer(wire.status(), headers, Content.of(type, body), List.of());
        }
        return new Answer(wire.status(), headers, Content.none(), frames(body, type, headers));
    }

    private static List<Frame> frames(
            ByteString body, String type, Map<String, List<String>> headers) throws IOException {
        List<Frame> frames = new ArrayList<>();
        for (Envelopes.Frame frame : Envelopes.read(body.toByteArray())) {
            if ((frame.flags() & Envelopes.WEB_TRAILERS) != 0) {
                putLines(headers, frame.text());
            } else {
                frames.add(new Frame(frame.flags(), content(frame, type)));
            }
        }
        return frames;
    }

    private static Content content(Envelopes.Frame frame, String type) {
        boolean json = (frame.flags() & Envelopes.END_OF_STREAM) != 0 || type.contains("+json");
        return Content.of(json ? "application/json" : "application/proto", frame.content());
    }

    private static void putLines(Map<String, List<String>> headers, String lines) {
        for (String line : lines.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                put(headers, line.substring(0, colon), List.of(line.substring(colon + 1).strip()));
            }
        }
    }

    private static void put(Map<String, List<String>> headers, String name, List<String> values) {
        if (isCompared(name) && !saysNothing(name, values)) {
            List<String> to = headers.computeIfAbsent(name, _ -> new ArrayList<>());
            // Holds names of headers, which are in any case.
            values.forEach(v -> to.add(name.equals("vary") ? v.toLowerCase(Locale.ROOT) : v));
        }
    }

    /** connect-go names an encoding that it does not use, or a message that is not there. */
    private static boolean saysNothing(String name, List<String> values) {
        return values.equals(List.of(""))
                && (name.endsWith("-encoding") || name.equals("grpc-message"));
    }

    private static boolean isCompared(String name) {
        return COMPARED.contains(name)
                || (COMPARED_PREFIXES.stream().anyMatch(name::startsWith)
                        && !name.equals("x-content-type-options"));
    }

    /**
     * The same without the words of its failure, which are each server's own; of them is left
     * whether there are any.
     */
    Answer withoutWords() {
        Map<String, List<String>> rest = new TreeMap<>(headers);
        rest.computeIfPresent("grpc-message", (_, m) -> List.of(Content.anyWords(m.getFirst())));
        return new Answer(
                status,
                rest,
                body.withoutWords(),
                frames.stream()
                        .map(frame -> new Frame(frame.flags(), frame.content().withoutWords()))
                        .toList());
    }
}
