package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;

/** GRPC: HTTP trailers say how it went. */
final class Grpc implements GrpcFamily {

    static final Grpc INSTANCE = new Grpc();

    private Grpc() {}

    @Override
    public HttpObject ending(Head head, Status status, Metadata trailers) {
        return GrpcHeaders.trailers(status, trailers);
    }

    /** One block of headers that ends the stream: PROTOCOL-HTTP2's Trailers-Only. */
    @Override
    public List<HttpObject> failure(Head head, Status status, Metadata trailers) {
        ResponseHeadersBuilder out = ResponseHeaders.builder(HttpStatus.OK);
        GrpcHeaders.writeOpening(head, out);
        GrpcHeaders.writeTrailers(status, trailers, out);
        return List.of(out.endOfStream(true).build());
    }
}
