package com.unkey.vmcp.conformance;

import com.google.protobuf.Any;
import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.StreamResponseDefinition;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Function;

/**
 * The messages that a test wants as its answer, one after another, and what is to end them.
 *
 * @param <R> the method's response
 */
final class ReplyStream<R> {

    private final StreamResponseDefinition wanted;
    private final Function<ConformancePayload, R> response;
    private final StreamObserver<R> out;
    private final CallScope scope;
    private int sent;

    ReplyStream(
            StreamResponseDefinition wanted,
            Function<ConformancePayload, R> response,
            StreamObserver<R> out) {
        this.wanted = wanted;
        this.response = response;
        this.out = out;
        this.scope = CallScope.current();
        scope.answerWith(wanted.getResponseHeadersList(), wanted.getResponseTrailersList());
    }

    /** Headers go ahead, but only of a message: an error may come without any. */
    void begin() {
        if (hasNext()) {
            scope.sendHeaders();
        }
    }

    boolean hasNext() {
        return sent < wanted.getResponseDataCount();
    }

    boolean isFirst() {
        return sent == 0;
    }

    /** All messages that are left. The first one of the stream tells of the requests. */
    void sendRest(List<Any> requests) {
        while (hasNext()) {
            send(isFirst() ? scope.describe(requests) : RequestInfo.getDefaultInstance());
        }
    }

    /** The next message, in a conversation: tells of the requests since the last one. */
    void sendNext(List<Any> requests) {
        send(
                isFirst()
                        ? scope.describe(requests)
                        : RequestInfo.newBuilder().addAllRequests(requests).build());
    }

    private void send(RequestInfo info) {
        ConformancePayload.Builder payload =
                ConformancePayload.newBuilder().setData(wanted.getResponseData(sent));
        if (!info.equals(RequestInfo.getDefaultInstance())) {
            payload.setRequestInfo(info);
        }
        CallScope.pause(wanted.getResponseDelayMs());
        out.onNext(response.apply(payload.build()));
        sent++;
    }

    /** The error, if one is wanted, else success. */
    void end(List<Any> requests) {
        if (!wanted.hasError()) {
            out.onCompleted();
        } else if (isFirst()) {
            out.onError(Failures.of(wanted.getError(), scope.describe(requests)));
        } else {
            out.onError(Failures.of(wanted.getError()));
        }
    }
}
