package com.unkey.vmcp.backends.http;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a VMM is asked.
 *
 * @param path from the slash on, of printable ASCII without spaces
 * @param body JSON; an empty text is sent as none
 */
public record HttpRequest(Method method, String path, Optional<String> body) {

    /** Methods that the servers know. */
    public enum Method {
        GET,
        PUT,
        PATCH,
        DELETE
    }

    private static final Pattern PATH = Pattern.compile("/[!-~]*");

    public HttpRequest {
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("no path of a request: \"" + path + "\"");
        }
        body = body.filter(text -> !text.isEmpty());
    }

    public static HttpRequest get(String path) {
        return new HttpRequest(Method.GET, path, Optional.empty());
    }

    public static HttpRequest put(String path) {
        return new HttpRequest(Method.PUT, path, Optional.empty());
    }

    public static HttpRequest put(String path, String body) {
        return new HttpRequest(Method.PUT, path, Optional.of(body));
    }

    public static HttpRequest patch(String path, String body) {
        return new HttpRequest(Method.PATCH, path, Optional.of(body));
    }

    public static HttpRequest delete(String path) {
        return new HttpRequest(Method.DELETE, path, Optional.empty());
    }

    /** Method and path, for messages. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
