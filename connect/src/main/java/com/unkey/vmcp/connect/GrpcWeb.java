package com.unkey.vmcp.connect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;

/** GRPC for browsers, which cannot see trailers: a last envelope holds them as text. */
final class GrpcWeb implements GrpcFamily {

    static final GrpcWeb INSTANCE = new GrpcWeb();

    private GrpcWeb() {}

    @Override
    public HttpObject ending(Head head, Status status, Metadata trailers) {
        StringBuilder lines = new StringBuilder();
        GrpcHeaders.trailers(status, trailers)
                .forEach(
                        (name, value) ->
                                lines.append(name).append(": ").append(value).append("\r\n"));
        return HttpData.wrap(Envelope.wrap(lines.toString().getBytes(US_ASCII), Envelope.TRAILERS));
    }

    /** Trailers as headers, which a browser can see. */
    @Override
    public List<HttpObject> failure(Head head, Status status, Metadata trailers) {
        ResponseHeadersBuilder out = ResponseHeaders.builder(HttpStatus.OK);
        GrpcHeaders.writeOpening(head, out);
        GrpcHeaders.writeTrailers(status, trailers, out);
        return List.of(out.endOfStream(true).build());
    }
}
