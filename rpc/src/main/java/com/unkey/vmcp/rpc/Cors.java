package com.unkey.vmcp.rpc;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells browsers which pages may call (the Fetch standard, section 3.3): answers preflights before
 * any service sees them, and marks every answer. A page that is not allowed gets no mark, which is
 * all a browser needs. Credentials are never allowed: the API knows none that a browser adds by
 * itself.
 */
final class Cors implements DecoratingHttpServiceFunction {

    private static final String MAX_AGE_SECONDS = "7200";
    private static final String METHODS = "GET, HEAD, POST";
    private static final String TRAILER = "trailer-";

    /** What Connect and gRPC-Web clients in browsers send. */
    private static final String REQUEST_HEADERS =
            String.join(
                    ", ",
                    "Content-Type",
                    "Content-Encoding",
                    "Accept-Encoding",
                    "Authorization",
                    "Connect-Protocol-Version",
                    "Connect-Timeout-Ms",
                    "Connect-Content-Encoding",
                    "Connect-Accept-Encoding",
                    "Grpc-Timeout",
                    "Grpc-Encoding",
                    "Grpc-Accept-Encoding",
                    "X-Grpc-Web",
                    "X-User-Agent");

    /**
     * What they have to read, beside the trailers of a Connect call, which are named as they come.
     */
    private static final List<String> RESPONSE_HEADERS =
            List.of(
                    "Grpc-Status",
                    "Grpc-Message",
                    "Grpc-Status-Details-Bin",
                    "Grpc-Encoding",
                    "Content-Encoding",
                    "Connect-Content-Encoding");

    private final CorsOrigins origins;

    Cors(CorsOrigins origins) {
        this.origins = origins;
    }

    @Override
    public HttpResponse serve(HttpService service, ServiceRequestContext ctx, HttpRequest request)
            throws Exception {
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin == null || !origins.allows(origin)) {
            return service.serve(ctx, request).mapHeaders(this::vary);
        }
        return isPreflight(request)
                ? preflight(origin)
                : service.serve(ctx, request).mapHeaders(headers -> marked(headers, origin));
    }

    private static boolean isPreflight(HttpRequest request) {
        return request.method() == HttpMethod.OPTIONS
                && request.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    private HttpResponse preflight(String origin) {
        ResponseHeadersBuilder headers =
                ResponseHeaders.builder(HttpStatus.NO_CONTENT)
                        .add(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                        .add(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS)
                        .add(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
        return HttpResponse.of(allow(headers, origin).build());
    }

    private ResponseHeaders marked(ResponseHeaders headers, String origin) {
        return allow(headers.toBuilder(), origin)
                .set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, exposed(headers))
                .build();
    }

    private static String exposed(ResponseHeaders headers) {
        Stream<String> trailers =
                headers.names().stream()
                        .map(AsciiString::toString)
                        .filter(name -> name.startsWith(TRAILER));
        return Stream.concat(RESPONSE_HEADERS.stream(), trailers).collect(Collectors.joining(", "));
    }

    private ResponseHeadersBuilder allow(ResponseHeadersBuilder headers, String origin) {
        headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origins.any() ? "*" : origin);
        return vary(headers);
    }

    private ResponseHeaders vary(ResponseHeaders headers) {
        return vary(headers.toBuilder()).build();
    }

    /** Keeps a cache from giving one page the answer that was made for another. */
    private ResponseHeadersBuilder vary(ResponseHeadersBuilder headers) {
        if (!origins.any()) {
            headers.add(HttpHeaderNames.VARY, "Origin");
        }
        return headers;
    }
}
