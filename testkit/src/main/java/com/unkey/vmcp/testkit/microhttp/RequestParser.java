package com.unkey.vmcp.testkit.microhttp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads requests as the server library does: lines within a buffer of 1024 bytes, bodies by
 * Content-Length only, so that the chunks of a chunked body are taken for the next request. For one
 * connection and one thread.
 */
final class RequestParser {

    static final int BUFFER = 1024;
    private static final Set<String> VERSIONS = Set.of("HTTP/1.0", "HTTP/1.1");

    /** A request that cannot be understood, with the library's words. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String what) {
            super(what);
        }

        String what() {
            return String.valueOf(getMessage());
        }
    }

    /** What one read has brought. */
    record Parsed(boolean continueExpected, List<HttpRequest> requests) {}

    private enum State {
        LINE,
        HEADERS,
        BODY
    }

    private final ApiServer.Rules rules;
    private State state = State.LINE;
    private byte[] pending = new byte[0];
    private String method = "";
    private String path = "";
    private int bodyLength;
    private boolean continueExpected;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    RequestParser(ApiServer.Rules rules) {
        this.rules = rules;
    }

    /** How many bytes the next read may bring. */
    int room() {
        return BUFFER - pending.length;
    }

    /**
     * Takes at most {@link #room()} more bytes.
     *
     * @throws Malformed where something in them is wrong; the whole requests among them are dropped
     */
    Parsed read(byte[] bytes) throws Malformed {
        byte[] all = Arrays.copyOf(pending, pending.length + bytes.length);
        System.arraycopy(bytes, 0, all, pending.length, bytes.length);
        pending = new byte[0];
        List<HttpRequest> requests = new ArrayList<>();
        boolean goOn = false;
        int start = 0;
        while (start < all.length) {
            if (state == State.BODY) {
                start = takeBody(all, start, requests);
                continue;
            }
            int end = lineEnd(all, start);
            if (end < 0) {
                keep(all, start);
                break;
            }
            String line = new String(all, start, end - start, StandardCharsets.UTF_8);
            start = end + 2;
            takeLine(line, requests);
            goOn |= state == State.BODY && continueExpected;
            continueExpected &= state != State.BODY;
        }
        return new Parsed(goOn, requests);
    }

    private int takeBody(byte[] all, int start, List<HttpRequest> requests) {
        int count = Math.min(all.length - start, bodyLength - body.size());
        body.write(all, start, count);
        if (body.size() == bodyLength) {
            requests.add(new HttpRequest(method, path, Optional.of(body.toByteArray())));
            body.reset();
            state = State.LINE;
        }
        return start + count;
    }

    private void keep(byte[] all, int start) throws Malformed {
        if (start == 0 && all.length == BUFFER) {
            throw new Malformed(
                    state == State.LINE
                            ? "Invalid request."
                            : "Invalid header. Reason: Invalid content length. Header: "
                                    + new String(all, StandardCharsets.UTF_8));
        }
        pending = Arrays.copyOfRange(all, start, all.length);
    }

    private void takeLine(String line, List<HttpRequest> requests) throws Malformed {
        if (state == State.LINE) {
            requestLine(line);
            state = State.HEADERS;
        } else if (line.isEmpty()) {
            endOfHeaders(requests);
        } else {
            header(line);
        }
    }

    private void requestLine(String line) throws Malformed {
        String[] words = line.split(" ", 3);
        if (words.length < 3) {
            throw new Malformed("Invalid request.");
        }
        if (!rules.methods().contains(words[0])) {
            throw new Malformed("Invalid HTTP Method: Unsupported HTTP method.");
        }
        if (words[1].isEmpty()) {
            throw new Malformed("Invalid URI: Empty URI not allowed.");
        }
        if (!VERSIONS.contains(words[2])) {
            throw new Malformed("Invalid HTTP Version: Unsupported HTTP version.");
        }
        method = words[0];
        path = absolutePath(words[1]);
        bodyLength = 0;
        continueExpected = false;
    }

    private static String absolutePath(String uri) {
        if (!uri.startsWith("http://")) {
            return uri;
        }
        int slash = uri.indexOf('/', 7);
        return slash < 0 ? "" : uri.substring(slash);
    }

    private void header(String line) throws Malformed {
        int colon = line.indexOf(':');
        if (colon < 0) {
            throw invalidHeader("Header is incorrectly formatted. Key: " + line);
        }
        String name = line.substring(0, colon);
        String value = line.substring(colon + 1);
        switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "content-length" -> bodyLength = length(name, value);
            case "expect" -> continueExpected = value.strip().equals("100-continue");
            case "accept-encoding" -> acceptEncoding(name, value);
            default -> {}
        }
    }

    private static int length(String name, String value) throws Malformed {
        try {
            return Integer.parseUnsignedInt(value.strip());
        } catch (NumberFormatException e) {
            throw invalidHeader("Invalid value. Key:" + name + "; Value:" + value);
        }
    }

    private static void acceptEncoding(String name, String value) throws Malformed {
        if (value.replace(" ", "").equals("identity;q=0")) {
            throw invalidHeader("Invalid value. Key:" + name + "; Value:" + value.strip());
        }
    }

    private static Malformed invalidHeader(String reason) {
        return new Malformed("Invalid header. Reason: " + reason);
    }

    private void endOfHeaders(List<HttpRequest> requests) throws Malformed {
        if (Integer.compareUnsigned(bodyLength, rules.bodyLimit()) > 0) {
            throw new Malformed(
                    "Request payload with size %s is larger than the limit of %d allowed by server."
                            .formatted(Integer.toUnsignedString(bodyLength), rules.bodyLimit()));
        }
        if (bodyLength > 0) {
            state = State.BODY;
        } else {
            requests.add(new HttpRequest(method, path, Optional.empty()));
            state = State.LINE;
        }
    }

    private static int lineEnd(byte[] all, int start) {
        for (int i = start; i + 1 < all.length; i++) {
            if (all[i] == '\r' && all[i + 1] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
