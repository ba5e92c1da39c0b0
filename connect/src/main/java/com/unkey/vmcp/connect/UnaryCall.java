package com.unkey.vmcp.connect;

import com.google.protobuf.MessageOrBuilder;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.ShuttingDownException;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.SynchronizationContext;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One unary Connect call as grpc-java sees it. The method's listener is called by one thread at a
 * time; the call ends once, with what the method closes it with or by cancellation, whichever comes
 * first.
 */
final class UnaryCall<ReqT, RespT> extends ServerCall<ReqT, RespT> {

    private static final Logger LOG = LoggerFactory.getLogger(UnaryCall.class);

    private enum Stage {
        OPEN,
        CLOSED,
        CANCELLED
    }

    private final MethodDescriptor<ReqT, RespT> method;
    private final Exchange exchange;
    private final SynchronizationContext serial = new SynchronizationContext((_, e) -> fail(e));
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.OPEN);
    private Metadata headers = new Metadata();
    private @Nullable RespT answer;
    private @Nullable Listener<ReqT> listener;

    UnaryCall(MethodDescriptor<ReqT, RespT> method, Exchange exchange) {
        this.method = method;
        this.exchange = exchange;
        exchange.context().addListener(this::cancelled, Runnable::run);
    }

    /** Runs the method on this thread, unless the call is over by now. */
    void start(ServerCallHandler<ReqT, RespT> handler, Metadata metadata, Supplier<ReqT> request) {
        serial.execute(
                () -> {
                    if (stage.get() == Stage.OPEN) {
                        ReqT message = request.get();
                        exchange.context()
                                .run(() -> deliver(handler.startCall(this, metadata), message));
                    }
                });
    }

    private void deliver(Listener<ReqT> to, ReqT request) {
        listener = to;
        to.onReady();
        to.onMessage(request);
        to.onHalfClose();
    }

    /** The one message is delivered as soon as the call starts, asked for or not. */
    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata leading) {
        headers = leading;
    }

    @Override
    public void sendMessage(RespT message) {
        if (answer != null) {
            close(Status.INTERNAL.withDescription("more than one answer to a unary call"));
            return;
        }
        answer = message;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (!stage.compareAndSet(Stage.OPEN, Stage.CLOSED)) {
            return;
        }
        exchange.complete(response(status, trailers));
        exchange.context().cancel(null);
        serial.execute(() -> listening(Listener::onComplete));
    }

    /** Ends a call that failed before or outside its method. */
    void close(Status status) {
        close(status, new Metadata());
    }

    private void fail(Throwable cause) {
        switch (cause) {
            case StatusRuntimeException e -> close(e.getStatus(), orEmpty(e.getTrailers()));
            case StatusException e -> close(e.getStatus(), orEmpty(e.getTrailers()));
            default -> {
                LOG.error("{} failed unexpectedly", method.getFullMethodName(), cause);
                close(Status.INTERNAL.withDescription("internal error"));
            }
        }
    }

    private static Metadata orEmpty(@Nullable Metadata metadata) {
        return metadata == null ? new Metadata() : metadata;
    }

    private void cancelled(Context context) {
        if (!stage.compareAndSet(Stage.OPEN, Stage.CANCELLED)) {
            return;
        }
        Status status = reason(context.cancellationCause());
        exchange.complete(failure(status, new Metadata()));
        exchange.executor()
                .execute(
                        () ->
                                serial.execute(
                                        () -> context.run(() -> listening(Listener::onCancel))));
    }

    private static Status reason(@Nullable Throwable cause) {
        return switch (cause) {
            case TimeoutException _ ->
                    Status.DEADLINE_EXCEEDED.withDescription(
                            "the call took longer than its connect-timeout-ms allows");
            case ShuttingDownException _ ->
                    Status.UNAVAILABLE.withDescription("the server is stopping");
            case null, default -> Status.CANCELLED.withDescription("the client has gone");
        };
    }

    private void listening(Consumer<Listener<ReqT>> event) {
        if (listener != null) {
            event.accept(listener);
        }
    }

    private HttpResponse response(Status status, Metadata trailers) {
        if (!status.isOk()) {
            return failure(status, trailers);
        }
        if (!(answer instanceof MessageOrBuilder message)) {
            return failure(
                    Status.INTERNAL.withDescription("the method ended without an answer"),
                    trailers);
        }
        try {
            return success(exchange.codec().encode(message), trailers);
        } catch (RuntimeException e) {
            LOG.error("{}: the answer cannot be written", method.getFullMethodName(), e);
            return failure(Status.INTERNAL.withDescription("internal error"), trailers);
        }
    }

    private HttpResponse success(byte[] body, Metadata trailers) {
        ResponseHeadersBuilder out = ResponseHeaders.builder(HttpStatus.OK);
        out.set(HttpHeaderNames.CONTENT_TYPE, exchange.contentType());
        return withMetadata(out, trailers, body);
    }

    private HttpResponse failure(Status status, Metadata trailers) {
        ConnectError error = ConnectError.of(status, trailers);
        ResponseHeadersBuilder out = ResponseHeaders.builder(error.code().http());
        out.set(HttpHeaderNames.CONTENT_TYPE, JsonCodec.TYPE);
        return withMetadata(out, trailers, error.json());
    }

    private HttpResponse withMetadata(ResponseHeadersBuilder out, Metadata trailers, byte[] body) {
        CallMetadata.writeHeaders(headers, out);
        CallMetadata.writeTrailers(trailers, out);
        return HttpResponse.of(out.build(), HttpData.wrap(body));
    }

    @Override
    public boolean isCancelled() {
        return stage.get() == Stage.CANCELLED;
    }

    @Override
    public MethodDescriptor<ReqT, RespT> getMethodDescriptor() {
        return method;
    }

    @Override
    public Attributes getAttributes() {
        return exchange.attributes();
    }

    @Override
    public String getAuthority() {
        return exchange.authority();
    }
}
