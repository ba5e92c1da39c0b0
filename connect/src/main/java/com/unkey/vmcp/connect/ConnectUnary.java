package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Connect without streams: the body is the message, the HTTP status says how it went, trailers
 * travel ahead as headers.
 */
final class ConnectUnary implements Protocol {

    static final ConnectUnary INSTANCE = new ConnectUnary();

    private ConnectUnary() {}

    @Override
    public int headroom() {
        return 0;
    }

    @Override
    public @Nullable String requestCompression(HttpHeaders headers) {
        return headers.get(HttpHeaderNames.CONTENT_ENCODING);
    }

    @Override
    public @Nullable String acceptedCompressions(HttpHeaders headers) {
        return headers.get(HttpHeaderNames.ACCEPT_ENCODING);
    }

    @Override
    public void check(RequestHeaders headers) throws StatusException {
        ConnectRequest.checkVersion(headers);
    }

    @Override
    public String timeoutHeader() {
        return ConnectRequest.TIMEOUT;
    }

    @Override
    public Optional<Duration> timeout(HttpHeaders headers) throws StatusException {
        return ConnectRequest.timeout(headers);
    }

    @Override
    public HttpResponse whole(Head head, Whole answer) {
        return answer.status().isOk() && answer.message() != null
                ? success(head, answer, answer.message())
                : failure(head, answer);
    }

    private static HttpResponse success(Head head, Whole answer, Payload message) {
        ResponseHeadersBuilder out = ResponseHeaders.builder(HttpStatus.OK);
        out.set(HttpHeaderNames.CONTENT_TYPE, head.contentType());
        if (message.compressed() && head.compression() != null) {
            out.set(HttpHeaderNames.CONTENT_ENCODING, head.compression().name());
        }
        return respond(out, head, answer, message.data());
    }

    private static HttpResponse failure(Head head, Whole answer) {
        ConnectError error = ConnectError.of(answer.status(), answer.trailers());
        ResponseHeadersBuilder out = ResponseHeaders.builder(error.code().http());
        out.set(HttpHeaderNames.CONTENT_TYPE, JsonCodec.TYPE);
        return respond(out, head, answer, HttpData.wrap(error.json()));
    }

    private static HttpResponse respond(
            ResponseHeadersBuilder out, Head head, Whole answer, HttpData body) {
        // Armeria would copy all headers to add it.
        out.contentLength(body.length());
        out.set(HttpHeaderNames.ACCEPT_ENCODING, head.offered());
        if (head.get()) {
            out.set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING.toString());
        }
        CallMetadata.writeHeaders(answer.leading(), out);
        CallMetadata.writeAhead(answer.trailers(), out);
        return HttpResponse.of(out.build(), body.withEndOfStream());
    }
}
