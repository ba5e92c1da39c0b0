package com.unkey.vmcp.conformance;

import com.google.protobuf.Any;
import connectrpc.conformance.v1.Service.BidiStreamRequest;
import connectrpc.conformance.v1.Service.BidiStreamResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One call with streams in both directions. Its first request says whether all requests come first
 * or each gets its answer at once.
 */
final class Conversation implements StreamObserver<BidiStreamRequest> {

    private final StreamObserver<BidiStreamResponse> out;
    private final List<Any> requests = new ArrayList<>();
    private Optional<ReplyStream<BidiStreamResponse>> replies = Optional.empty();
    private boolean inTurns;
    private boolean over;

    Conversation(StreamObserver<BidiStreamResponse> out) {
        this.out = out;
    }

    @Override
    public void onNext(BidiStreamRequest request) {
        if (over) {
            return;
        }
        requests.add(Any.pack(request));
        guarded(() -> answer(replies.orElseGet(() -> open(request))));
    }

    private ReplyStream<BidiStreamResponse> open(BidiStreamRequest first) {
        ReplyStream<BidiStreamResponse> opened =
                new ReplyStream<>(
                        first.getResponseDefinition(),
                        payload -> BidiStreamResponse.newBuilder().setPayload(payload).build(),
                        out);
        replies = Optional.of(opened);
        inTurns = first.getFullDuplex();
        if (inTurns) {
            opened.begin();
        }
        return opened;
    }

    private void answer(ReplyStream<BidiStreamResponse> stream) {
        if (!inTurns) {
            return;
        }
        if (stream.hasNext()) {
            stream.sendNext(requests);
            requests.clear();
        } else {
            over = true;
            stream.end(requests);
        }
    }

    @Override
    public void onCompleted() {
        if (over) {
            return;
        }
        over = true;
        replies.ifPresentOrElse(stream -> guarded(() -> finish(stream)), out::onCompleted);
    }

    private void finish(ReplyStream<BidiStreamResponse> stream) {
        stream.begin();
        stream.sendRest(requests);
        stream.end(requests);
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (StatusRuntimeException e) {
            over = true;
            out.onError(e);
        }
    }

    /** The client is gone: there is nobody to answer. */
    @Override
    public void onError(Throwable gone) {
        over = true;
    }
}
