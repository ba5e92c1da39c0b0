package com.unkey.vmcp.conformance;

import com.google.protobuf.Any;
import connectrpc.conformance.v1.ConformanceServiceGrpc.ConformanceServiceImplBase;
import connectrpc.conformance.v1.Service.BidiStreamRequest;
import connectrpc.conformance.v1.Service.BidiStreamResponse;
import connectrpc.conformance.v1.Service.ClientStreamRequest;
import connectrpc.conformance.v1.Service.ClientStreamResponse;
import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.IdempotentUnaryRequest;
import connectrpc.conformance.v1.Service.IdempotentUnaryResponse;
import connectrpc.conformance.v1.Service.ServerStreamRequest;
import connectrpc.conformance.v1.Service.ServerStreamResponse;
import connectrpc.conformance.v1.Service.UnaryRequest;
import connectrpc.conformance.v1.Service.UnaryResponse;
import connectrpc.conformance.v1.Service.UnaryResponseDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The suite's methods. A request says what its answer is to be; the answer echoes what the server
 * saw. {@code Unimplemented} is left to the generated code, as the suite wants it.
 */
final class ConformanceCalls extends ConformanceServiceImplBase {

    @Override
    public void unary(UnaryRequest request, StreamObserver<UnaryResponse> out) {
        answer(
                request.getResponseDefinition(),
                List.of(Any.pack(request)),
                payload -> UnaryResponse.newBuilder().setPayload(payload).build(),
                out);
    }

    @Override
    public void idempotentUnary(
            IdempotentUnaryRequest request, StreamObserver<IdempotentUnaryResponse> out) {
        answer(
                request.getResponseDefinition(),
                List.of(Any.pack(request)),
                payload -> IdempotentUnaryResponse.newBuilder().setPayload(payload).build(),
                out);
    }

    @Override
    public StreamObserver<ClientStreamRequest> clientStream(
            StreamObserver<ClientStreamResponse> out) {
        return new Collector(out);
    }

    @Override
    public void serverStream(
            ServerStreamRequest request, StreamObserver<ServerStreamResponse> out) {
        List<Any> requests = List.of(Any.pack(request));
        ReplyStream<ServerStreamResponse> replies =
                new ReplyStream<>(
                        request.getResponseDefinition(),
                        payload -> ServerStreamResponse.newBuilder().setPayload(payload).build(),
                        out);
        try {
            replies.begin();
            replies.sendRest(requests);
            replies.end(requests);
        } catch (StatusRuntimeException e) {
            out.onError(e);
        }
    }

    @Override
    public StreamObserver<BidiStreamRequest> bidiStream(StreamObserver<BidiStreamResponse> out) {
        return new Conversation(out);
    }

    private static <R> void answer(
            UnaryResponseDefinition wanted,
            List<Any> requests,
            Function<ConformancePayload, R> response,
            StreamObserver<R> out) {
        CallScope scope = CallScope.current();
        scope.answerWith(wanted.getResponseHeadersList(), wanted.getResponseTrailersList());
        RequestInfo echo = scope.describe(requests);
        try {
            CallScope.pause(wanted.getResponseDelayMs());
            out.onNext(response.apply(payload(wanted, echo)));
            out.onCompleted();
        } catch (StatusRuntimeException e) {
            out.onError(e);
        }
    }

    private static ConformancePayload payload(UnaryResponseDefinition wanted, RequestInfo echo) {
        return switch (wanted.getResponseCase()) {
            case RESPONSE_DATA ->
                    ConformancePayload.newBuilder()
                            .setData(wanted.getResponseData())
                            .setRequestInfo(echo)
                            .build();
            case ERROR -> throw Failures.of(wanted.getError(), echo);
            case RESPONSE_NOT_SET -> ConformancePayload.newBuilder().setRequestInfo(echo).build();
        };
    }

    /** Takes all requests, of which the first says what is to be answered, if there is one. */
    private static final class Collector implements StreamObserver<ClientStreamRequest> {

        private final StreamObserver<ClientStreamResponse> out;
        private final List<Any> requests = new ArrayList<>();
        private UnaryResponseDefinition wanted = UnaryResponseDefinition.getDefaultInstance();

        Collector(StreamObserver<ClientStreamResponse> out) {
            this.out = out;
        }

        @Override
        public void onNext(ClientStreamRequest request) {
            if (requests.isEmpty()) {
                wanted = request.getResponseDefinition();
            }
            requests.add(Any.pack(request));
        }

        @Override
        public void onCompleted() {
            answer(
                    wanted,
                    requests,
                    payload -> ClientStreamResponse.newBuilder().setPayload(payload).build(),
                    out);
        }

        /** The client is gone: there is nobody to answer. */
        @Override
        public void onError(Throwable gone) {}
    }
}
