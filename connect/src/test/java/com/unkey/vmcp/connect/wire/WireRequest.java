package com.unkey.vmcp.connect.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A request as it goes onto the wire, sensible or not. */
public record WireRequest(
        String method, String path, List<Map.Entry<String, String>> headers, ByteString body) {

    /** What {@code POST} of the test service's method takes; headers are name, value, and so on. */
    public static WireRequest post(String method, byte[] body, String... headers) {
        return post("connect.testing.v1.TestService", method, body, headers);
    }

    /** The same of any service. */
    public static WireRequest post(String service, String method, byte[] body, String... headers) {
        List<Map.Entry<String, String>> all = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(Map.entry(headers[i], headers[i + 1]));
        }
        return new WireRequest(
                "POST", "/" + service + "/" + method, all, ByteString.copyFrom(body));
    }

    /** A unary Connect call in JSON. */
    public static WireRequest json(String method, String body, String... headers) {
        WireRequest request = post(method, body.getBytes(UTF_8), headers);
        request.headers.add(Map.entry("Content-Type", "application/json"));
        return request;
    }

    String header(String name) {
        return headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }
}
