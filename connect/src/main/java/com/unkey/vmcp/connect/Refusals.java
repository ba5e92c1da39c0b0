package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceOptions;
import com.linecorp.armeria.server.ServiceRequestContext;

/** Answers to requests that are no calls at all: bare HTTP, as connect-go gives them. */
final class Refusals {

    private Refusals() {}

    static HttpResponse notFound() {
        ResponseHeaders headers =
                ResponseHeaders.builder(HttpStatus.NOT_FOUND)
                        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                        .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                        .build();
        return HttpResponse.of(headers, HttpData.ofUtf8("404 page not found\n").withEndOfStream());
    }

    static HttpResponse methodNotAllowed(String allowed) {
        return empty(
                ResponseHeaders.builder(HttpStatus.METHOD_NOT_ALLOWED)
                        .set(HttpHeaderNames.ALLOW, allowed));
    }

    static HttpResponse unsupportedMediaType(String accepted) {
        return empty(
                ResponseHeaders.builder(HttpStatus.UNSUPPORTED_MEDIA_TYPE)
                        .set("accept-post", accepted));
    }

    /** A GET with a body, whatever the body holds. */
    static HttpResponse unsupportedBody() {
        return empty(ResponseHeaders.builder(HttpStatus.UNSUPPORTED_MEDIA_TYPE));
    }

    /** A stream in both directions over HTTP/1: its client would wait for ever. */
    static HttpResponse versionNotSupported() {
        return empty(
                ResponseHeaders.builder(HttpStatus.HTTP_VERSION_NOT_SUPPORTED)
                        .set(HttpHeaderNames.CONNECTION, "close"));
    }

    /**
     * The answer, at once. What the client still sends is read and thrown away for a while: to cut
     * it off would make some take the answer for a failure.
     */
    static HttpResponse reading(
            ServiceRequestContext context,
            HttpRequest request,
            ConnectOptions options,
            HttpResponse answer) {
        var _ =
                RequestBody.read(
                        request,
                        context.eventLoop().withoutContext(),
                        options.maxMessageBytes(),
                        options.bodyTimeout());
        return answer;
    }

    /** How a route is set up whose service measures length and time itself. */
    static ServiceOptions options(ConnectOptions options) {
        return ServiceOptions.builder()
                .requestTimeoutMillis(0)
                .maxRequestLength(0)
                .requestAutoAbortDelayMillis(options.bodyTimeout().toMillis())
                .build();
    }

    private static HttpResponse empty(ResponseHeadersBuilder headers) {
        return HttpResponse.of(headers.contentLength(0).endOfStream(true).build());
    }
}
