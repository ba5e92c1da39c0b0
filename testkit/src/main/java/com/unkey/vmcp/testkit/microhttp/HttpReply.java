package com.unkey.vmcp.testkit.microhttp;

import java.nio.charset.StandardCharsets;

/**
 * An answer in the server library's manner: no reason phrase, and neither type nor length where
 * there cannot be a body.
 *
 * @param server by what name the server goes
 */
public record HttpReply(int status, String server, boolean deprecated, String body) {

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

    /** The library speaks under the name of its first user. */
    private static final String LIBRARY = "Firecracker API";

    public HttpReply(int status, String server, String body) {
        this(status, server, false, body);
    }

    /** The same, with the header that says that something in the request is deprecated. */
    public HttpReply deprecating() {
        return new HttpReply(status, server, true, body);
    }

    /** The library's word on what it cannot parse; the raw line break makes it no valid JSON. */
    static HttpReply malformed(String what) {
        return new HttpReply(
                400,
                LIBRARY,
                false,
                "{ \"error\": \"%s\nAll previous unanswered requests will be dropped.\" }"
                        .formatted(what));
    }

    static HttpReply goOn() {
        return new HttpReply(100, LIBRARY, false, "");
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
                        + (deprecated ? "Deprecation: true\r\n" : "")
                        + type
                        + "\r\n"
                        + body;
        return all.getBytes(StandardCharsets.UTF_8);
    }
}
