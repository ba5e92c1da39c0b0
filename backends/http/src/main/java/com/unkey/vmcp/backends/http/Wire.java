package com.unkey.vmcp.backends.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** Requests as the servers want them: few headers, a length with every body and none without. */
final class Wire {

    private Wire() {}

    static FullHttpRequest encode(HttpRequest request) {
        byte[] body = request.body().orElse("").getBytes(StandardCharsets.UTF_8);
        var message =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        method(request.method()),
                        request.path(),
                        Unpooled.wrappedBuffer(body));
        HttpHeaders headers = message.headers();
        headers.set(HttpHeaderNames.HOST, "localhost");
        headers.set(HttpHeaderNames.ACCEPT, HttpHeaderValues.APPLICATION_JSON);
        if (body.length > 0) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
            headers.setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        return message;
    }

    private static HttpMethod method(HttpRequest.Method method) {
        return switch (method) {
            case GET -> HttpMethod.GET;
            case PUT -> HttpMethod.PUT;
            case PATCH -> HttpMethod.PATCH;
            case DELETE -> HttpMethod.DELETE;
        };
    }
}
