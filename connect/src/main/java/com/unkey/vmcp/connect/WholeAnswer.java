package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.RequestCancellationException;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An answer of one message, sent when all of it is known. */
final class WholeAnswer implements Answer {

    private final Protocol protocol;
    private final Protocol.Head head;
    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final HttpResponse response = HttpResponse.of(answer);
    private Metadata leading = new Metadata();
    private Protocol.@Nullable Payload message;

    WholeAnswer(Protocol protocol, Protocol.Head head) {
        this.protocol = protocol;
        this.head = head;
    }

    @Override
    public HttpResponse response() {
        return response;
    }

    @Override
    public void headers(Metadata metadata) {
        leading = metadata;
    }

    @Override
    public void message(Protocol.Payload payload) {
        if (message != null) {
            throw new IllegalStateException("more than one answer where one is expected");
        }
        message = payload;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        Status outcome =
                status.isOk() && message == null
                        ? Status.INTERNAL.withDescription("the method ended without an answer")
                        : status;
        HttpResponse whole =
                protocol.whole(head, new Protocol.Whole(leading, message, outcome, trailers));
        if (!answer.complete(whole)) {
            whole.abort();
        }
    }

    @Override
    public void abort() {
        response.abort(RequestCancellationException.get());
    }

    @Override
    public boolean isReady() {
        return message == null;
    }
}
