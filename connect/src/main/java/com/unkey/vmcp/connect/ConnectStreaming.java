package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Connect with streams: the HTTP status is always 200, a last envelope says how it went. */
final class ConnectStreaming implements Enveloped {

    static final ConnectStreaming INSTANCE = new ConnectStreaming();
    private static final String ENCODING = "connect-content-encoding";
    private static final String ACCEPTED = "connect-accept-encoding";

    private ConnectStreaming() {}

    @Override
    public @Nullable String requestCompression(HttpHeaders headers) {
        return headers.get(ENCODING);
    }

    @Override
    public @Nullable String acceptedCompressions(HttpHeaders headers) {
        return headers.get(ACCEPTED);
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
    public ResponseHeaders opening(Head head, Metadata leading) {
        ResponseHeadersBuilder out = ResponseHeaders.builder(HttpStatus.OK);
        out.set(HttpHeaderNames.CONTENT_TYPE, head.contentType());
        out.set(ACCEPTED, head.offered());
        if (head.compression() != null) {
            out.set(ENCODING, head.compression().name());
        }
        CallMetadata.writeHeaders(leading, out);
        return out.build();
    }

    @Override
    public HttpObject ending(Head head, Status status, Metadata trailers) {
        byte[] json = ConnectError.endOfStream(status, trailers);
        Compression compression = head.compression();
        if (compression == null) {
            return HttpData.wrap(Envelope.wrap(json, Envelope.END_STREAM));
        }
        byte[] compressed = compression.compress(json, 0, json.length);
        return HttpData.wrap(Envelope.wrap(compressed, Envelope.END_STREAM | Envelope.COMPRESSED));
    }
}
