package com.unkey.vmcp.connect.wire;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;

/**
 * An answer as it came.
 *
 * @param status 0 where none came
 * @param reset why the connection or the stream ended early; empty where it did not
 * @param headers by name in lower case
 * @param trailers by name in lower case
 */
public record WireAnswer(
        int status,
        String reset,
        Map<String, List<String>> headers,
        ByteString body,
        Map<String, List<String>> trailers) {

    /** The first value of a header, empty where there is none. */
    public String header(String name) {
        return headers.getOrDefault(name, List.of("")).getFirst();
    }

    /** The first value of a trailer, or of a header where gRPC sent nothing but those. */
    public String trailer(String name) {
        List<String> values = trailers.get(name);
        return values == null ? header(name) : values.getFirst();
    }

    public String text() {
        return body.toStringUtf8();
    }
}
