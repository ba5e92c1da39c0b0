package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Status;
import io.grpc.StatusException;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a call by GET. Values are bytes: a message need not be text. Of a parameter
 * given twice the first counts; unknown ones mean nothing, and neither do those that cannot be
 * read.
 */
final class GetQuery {

    private static final Base64.Decoder BASE64 = Base64.getUrlDecoder();

    private final Map<String, byte[]> parameters = new HashMap<>();

    private GetQuery() {}

    /** Reads what follows the question mark; null: nothing did. */
    static GetQuery of(@Nullable String query) {
        GetQuery parsed = new GetQuery();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                parsed.add(pair);
            }
        }
        return parsed;
    }

    private void add(String pair) {
        int equals = pair.indexOf('=');
        byte[] name = unescape(equals < 0 ? pair : pair.substring(0, equals));
        byte[] value = unescape(equals < 0 ? "" : pair.substring(equals + 1));
        if (name != null && value != null) {
            parameters.putIfAbsent(new String(name, UTF_8), value);
        }
    }

    /** The text of a parameter, empty where it is not there. */
    String text(String name) {
        byte[] value = parameters.get(name);
        return value == null ? "" : new String(value, UTF_8);
    }

    /**
     * Checks what is special about a GET.
     *
     * @throws StatusException invalid_argument naming the parameter
     */
    void check() throws StatusException {
        String version = text("connect");
        if (!version.isEmpty()) {
            ConnectRequest.checkVersion("connect", "v1", version);
        }
        if (!parameters.containsKey("message")) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("missing message parameter")
                    .asException();
        }
    }

    /**
     * The message as its encoding and compression left it.
     *
     * @throws StatusException invalid_argument where it is said to be base64 and is not
     */
    byte[] message() throws StatusException {
        byte[] value = parameters.getOrDefault("message", new byte[0]);
        if (!text("base64").equals("1")) {
            return value;
        }
        try {
            return BASE64.decode(value);
        } catch (IllegalArgumentException e) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("message parameter: not URL-safe base64")
                    .withCause(e)
                    .asException();
        }
    }

    /** Plus is a space, %XX a byte; null where an escape is broken or a semicolon is bare. */
    private static byte @Nullable [] unescape(String text) {
        byte[] raw = text.getBytes(UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length);
        for (int i = 0; i < raw.length; i++) {
            switch (raw[i]) {
                case ';' -> {
                    return null;
                }
                case '+' -> out.write(' ');
                case '%' -> {
                    int escaped = escaped(raw, i);
                    if (escaped < 0) {
                        return null;
                    }
                    out.write(escaped);
                    i += 2;
                }
                default -> out.write(raw[i]);
            }
        }
        return out.toByteArray();
    }

    private static int escaped(byte[] raw, int at) {
        if (at + 2 >= raw.length) {
            return -1;
        }
        int high = Character.digit(raw[at + 1], 16);
        int low = Character.digit(raw[at + 2], 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
