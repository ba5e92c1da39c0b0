package com.unkey.vmcp.testkit.cloudhypervisor;

import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer in the server library's manner: no reason phrase, and neither type nor length where
 * there cannot be a body.
 */
record HttpReply(int status, String server, String body) {

    /** What the 11th connection is told, whatever it asks. */
    static final byte[] TOO_MANY_CONNECTIONS =
            String.join(
                            "\r\n",
                            "HTTP/1.1 503",
                            "Server: Firecracker API",
                            "Connection: close",
                            "Content-Length: 40",
                            "",
                            "{ \"error\": \"Too many open connections\" }")
                    .getBytes(StandardCharsets.US_ASCII);

    private static final String API = "Cloud Hypervisor API";

    /** The library speaks under the name of its first user. */
    private static final String LIBRARY = "Firecracker API";

    static HttpReply ok(String body) {
        return new HttpReply(200, API, body);
    }

    static HttpReply noContent() {
        return new HttpReply(204, API, "");
    }

    static HttpReply error(int status, List<String> causes) {
        return new HttpReply(status, API, JsonMapper.shared().writeValueAsString(causes));
    }

    static HttpReply bare(int status, String body) {
        return new HttpReply(status, API, body);
    }

    /** The library's word on what it cannot parse; the raw line break makes it no valid JSON. */
    static HttpReply malformed(String what) {
        return new HttpReply(
                400,
                LIBRARY,
                "{ \"error\": \"%s\nAll previous unanswered requests will be dropped.\" }"
                        .formatted(what));
    }

    static HttpReply goOn() {
        return new HttpReply(100, LIBRARY, "");
    }

    byte[] bytes() {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String type =
                status == 204 || status == 100
                        ? ""
                        : "Content-Type: application/json\r\nContent-Length: "
                                + content.length
                                + "\r\n";
        String all =
                "HTTP/1.1 "
                        + status
                        + " \r\nServer: "
                        + server
                        + "\r\nConnection: keep-alive\r\n"
                        + type
                        + "\r\n"
                        + body;
        return all.getBytes(StandardCharsets.UTF_8);
    }
}
