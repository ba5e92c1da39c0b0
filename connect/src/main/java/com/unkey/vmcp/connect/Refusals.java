package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.CompletableFuture;

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
     * The answer, once the request's body is there: over HTTP/2 an answer that ends before its
     * request resets the stream, and a client that still sends takes that for a failure.
     */
    static HttpResponse afterBody(
            ServiceRequestContext context,
            HttpRequest request,
            ConnectOptions options,
            HttpResponse answer) {
        CompletableFuture<HttpResponse> later = new CompletableFuture<>();
        var _ =
                RequestBody.read(
                                request,
                                context.eventLoop().withoutContext(),
                                options.maxMessageBytes(),
                                options.bodyTimeout())
                        .whenComplete((_, _) -> later.complete(answer));
        return HttpResponse.of(later);
    }

    private static HttpResponse empty(ResponseHeadersBuilder headers) {
        return HttpResponse.of(headers.contentLength(0).endOfStream(true).build());
    }
}
