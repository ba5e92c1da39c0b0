package com.unkey.vmcp.conformance;

import com.google.protobuf.Any;
import com.linecorp.armeria.common.QueryParams;
import connectrpc.conformance.v1.Service.ConformancePayload.ConnectGetInfo;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.Header;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a method needs to know of its call, and may say, beside the messages: headers, trailers, the
 * deadline, the query of a GET. Used by one thread at a time, as the call is.
 */
final class CallScope {

    static final Context.Key<CallScope> KEY = Context.key("call-scope");

    private final Metadata received;
    private final Optional<QueryParams> query;
    private final OptionalLong timeoutMillis;
    private final Runnable sendHeaders;
    private final Metadata headers = new Metadata();
    private final Metadata trailers = new Metadata();

    /**
     * @param query of a call by GET
     * @param sendHeaders sends what {@link #headers} holds then, once
     */
    CallScope(Metadata received, Optional<QueryParams> query, Runnable sendHeaders) {
        this.received = received;
        this.query = query;
        this.timeoutMillis = timeLeft();
        this.sendHeaders = sendHeaders;
    }

    private static OptionalLong timeLeft() {
        Deadline deadline = Context.current().getDeadline();
        return deadline == null
                ? OptionalLong.empty()
                : OptionalLong.of(deadline.timeRemaining(TimeUnit.MILLISECONDS));
    }

    /** The call that this thread works for. */
    static CallScope current() {
        return KEY.get();
    }

    /** Metadata that the answer is to have, whether it is a message or an error. */
    void answerWith(List<Header> leading, List<Header> trailing) {
        headers.merge(HeaderLists.toMetadata(leading));
        trailers.merge(HeaderLists.toMetadata(trailing));
    }

    Metadata headers() {
        return headers;
    }

    Metadata trailers() {
        return trailers;
    }

    /** So that the client sees them before the first message is there. */
    void sendHeaders() {
        sendHeaders.run();
    }

    /** All that is known of the request; the timeout is what was left of it at the start. */
    RequestInfo describe(List<Any> requests) {
        RequestInfo.Builder info =
                RequestInfo.newBuilder()
                        .addAllRequestHeaders(HeaderLists.fromMetadata(received))
                        .addAllRequests(requests);
        timeoutMillis.ifPresent(info::setTimeoutMs);
        query.map(CallScope::describe).ifPresent(info::setConnectGetInfo);
        return info.build();
    }

    private static ConnectGetInfo describe(QueryParams query) {
        return ConnectGetInfo.newBuilder().addAllQueryParams(HeaderLists.fromQuery(query)).build();
    }

    /**
     * Waits, though not for a call that is over.
     *
     * @throws StatusRuntimeException where the call was cancelled or its deadline passed
     */
    static void pause(int millis) {
        Context context = Context.current();
        CountDownLatch cancelled = new CountDownLatch(1);
        Context.CancellationListener listener = _ -> cancelled.countDown();
        context.addListener(listener, Runnable::run);
        try {
            if (cancelled.await(Integer.toUnsignedLong(millis), TimeUnit.MILLISECONDS)) {
                throw Contexts.statusFromCancelled(context).asRuntimeException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Status.CANCELLED.withCause(e).asRuntimeException();
        } finally {
            context.removeListener(listener);
        }
    }
}
