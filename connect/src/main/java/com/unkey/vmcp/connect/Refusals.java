package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import java.util.Collection;

/** Answers to requests that are no calls at all: bare HTTP, as connect-go gives them. */
final class Refusals {

    private Refusals() {}

    static HttpResponse notFound() {
        ResponseHeaders headers =
                ResponseHeaders.builder(HttpStatus.NOT_FOUND)
                        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                        .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                        .build();
        return HttpResponse.of(headers, HttpData.ofUtf8("404 page not found\n"));
    }

    static HttpResponse methodNotAllowed(String allowed) {
        return empty(
                ResponseHeaders.builder(HttpStatus.METHOD_NOT_ALLOWED)
                        .set(HttpHeaderNames.ALLOW, allowed));
    }

    static HttpResponse unsupportedMediaType(Collection<String> accepted) {
        String list = accepted.stream().sorted().reduce((a, b) -> a + ", " + b).orElse("");
        return empty(
                ResponseHeaders.builder(HttpStatus.UNSUPPORTED_MEDIA_TYPE)
                        .set("accept-post", list));
    }

    private static HttpResponse empty(ResponseHeadersBuilder headers) {
        return HttpResponse.of(headers.contentLength(0).build());
    }
}
