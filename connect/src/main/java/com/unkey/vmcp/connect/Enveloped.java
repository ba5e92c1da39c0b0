package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;

/** A protocol that puts messages into envelopes, and so can stream. */
sealed interface Enveloped extends Protocol permits ConnectStreaming, GrpcFamily {

    @Override
    default int headroom() {
        return Envelope.PREFIX_BYTES;
    }

    /** What comes before the first message. */
    ResponseHeaders opening(Head head, Metadata leading);

    /** What comes after the last message: data or trailers. */
    HttpObject ending(Head head, Status status, Metadata trailers);

    /** Opening and ending of a call that fails before it has said anything. */
    default List<HttpObject> failure(Head head, Status status, Metadata trailers) {
        return List.of(opening(head, new Metadata()), ending(head, status, trailers));
    }

    @Override
    default HttpResponse whole(Head head, Whole answer) {
        return HttpResponse.of(parts(head, answer).toArray(HttpObject[]::new));
    }

    private List<HttpObject> parts(Head head, Whole answer) {
        boolean fails = !answer.status().isOk();
        if (fails && answer.leading().keys().isEmpty()) {
            return failure(head, answer.status(), answer.trailers());
        }
        ResponseHeaders opening = opening(head, answer.leading());
        HttpObject ending = ending(head, answer.status(), answer.trailers());
        return fails || answer.message() == null
                ? List.of(opening, ending)
                : List.of(opening, answer.message().data(), ending);
    }
}
