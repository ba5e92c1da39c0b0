package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.util.SafeCloseable;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.SynchronizationContext;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call as grpc-java sees it, whatever the protocol. The method's listener is called by one
 * thread at a time; the call ends once, with what the method closes it with or by cancellation,
 * whichever comes first.
 */
final class Call<ReqT, RespT> extends ServerCall<ReqT, RespT> implements RequestStream.Sink {

    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    private enum Stage {
        OPEN,
        CLOSED,
        CANCELLED
    }

    private final Method<ReqT, RespT> method;
    private final Exchange exchange;
    private final Messages<ReqT, RespT> messages;
    private final Answer answer;
    private final SynchronizationContext serial = new SynchronizationContext((_, e) -> fail(e));
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.OPEN);
    private @Nullable Listener<ReqT> listener;
    private volatile @Nullable RequestStream requests;

    Call(
            Method<ReqT, RespT> method,
            Exchange exchange,
            Messages<ReqT, RespT> messages,
            AnswerMaker maker) {
        this.method = method;
        this.exchange = exchange;
        this.messages = messages;
        this.answer = maker.make(() -> later(() -> listening(Listener::onReady)));
    }

    /** Makes an answer that reports when it has room again. */
    interface AnswerMaker {
        Answer make(Runnable onReady);
    }

    Answer answer() {
        return answer;
    }

    /** From here on the call ends with its context. */
    void watchContext() {
        exchange.context().addListener(this::cancelled, Runnable::run);
    }

    /** Decodes the one request and runs the method with it; on a thread that may block. */
    void serve(Metadata metadata, Decoding<ReqT> request) {
        serial.execute(
                () -> {
                    if (stage.get() == Stage.OPEN) {
                        deliverAll(metadata, request);
                    }
                });
    }

    /** Reads a request; what it throws ends the call. */
    interface Decoding<ReqT> {
        ReqT decode() throws StatusException;
    }

    private void deliverAll(Metadata metadata, Decoding<ReqT> request) {
        ReqT message;
        try {
            message = request.decode();
        } catch (StatusException e) {
            close(e.getStatus());
            return;
        }
        inContext(
                () -> {
                    Listener<ReqT> to = method.handler().startCall(this, metadata);
                    listener = to;
                    to.onReady();
                    to.onMessage(message);
                    to.onHalfClose();
                });
    }

    /** Runs the method now and feeds it from the stream as it asks for messages. */
    void serve(Metadata metadata, RequestStream stream) {
        requests = stream;
        later(
                () -> {
                    if (stage.get() == Stage.OPEN) {
                        inContext(() -> begin(metadata));
                    }
                });
    }

    private void begin(Metadata metadata) {
        Listener<ReqT> to = method.handler().startCall(this, metadata);
        listener = to;
        to.onReady();
    }

    @Override
    public void envelope(byte[] content, int flags) {
        later(
                () -> {
                    try {
                        ReqT message = messages.decodeEnveloped(content, 0, content.length, flags);
                        listening(to -> to.onMessage(message));
                    } catch (StatusException e) {
                        close(e.getStatus());
                    }
                });
    }

    @Override
    public void end() {
        later(() -> listening(Listener::onHalfClose));
    }

    @Override
    public void broken(Status status) {
        later(() -> close(status));
    }

    /** One request is delivered as soon as the call starts, asked for or not. */
    @Override
    public void request(int count) {
        RequestStream stream = requests;
        if (stream != null) {
            stream.request(count);
        }
    }

    @Override
    public void sendHeaders(Metadata leading) {
        answer.headers(leading);
    }

    @Override
    public void sendMessage(RespT message) {
        if (stage.get() != Stage.OPEN) {
            return;
        }
        try {
            answer.message(messages.encode(message));
        } catch (IllegalStateException e) {
            LOG.error("{}: the answer cannot be sent", method.name(), e);
            close(Status.INTERNAL.withDescription("internal error"));
        }
    }

    @Override
    public boolean isReady() {
        return answer.isReady();
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (end(Stage.CLOSED, status, trailers, Listener::onComplete)) {
            exchange.context().cancel(null);
        }
    }

    /** Ends a call that failed outside its method; one whose client has gone without an answer. */
    void close(Status status) {
        if (status.getCode() != Status.Code.CANCELLED) {
            breakOff(status, new Metadata());
        } else if (end(Stage.CANCELLED, answer::abort, Listener::onCancel)) {
            exchange.context().cancel(status.asException());
        }
    }

    private void breakOff(Status status, Metadata trailers) {
        if (end(Stage.CANCELLED, status, trailers, Listener::onCancel)) {
            exchange.context().cancel(status.asException());
        }
    }

    private void fail(Throwable cause) {
        switch (cause) {
            case StatusRuntimeException e -> breakOff(e.getStatus(), orEmpty(e.getTrailers()));
            case StatusException e -> breakOff(e.getStatus(), orEmpty(e.getTrailers()));
            default -> {
                LOG.error("{} failed unexpectedly", method.name(), cause);
                close(Status.INTERNAL.withDescription("internal error"));
            }
        }
    }

    private static Metadata orEmpty(@Nullable Metadata metadata) {
        return metadata == null ? new Metadata() : metadata;
    }

    private void cancelled(Context context) {
        var _ =
                switch (context.cancellationCause()) {
                    case TimeoutException _ ->
                            cancel(
                                    Status.DEADLINE_EXCEEDED.withDescription(
                                            "the call took longer than its %s allows"
                                                    .formatted(exchange.timeoutHeader())));
                    case ShuttingDownException _ ->
                            cancel(Status.UNAVAILABLE.withDescription("the server is stopping"));
                    // Whoever has gone is not to be told so.
                    case null, default -> end(Stage.CANCELLED, answer::abort, Listener::onCancel);
                };
    }

    private boolean cancel(Status status) {
        return end(Stage.CANCELLED, status, new Metadata(), Listener::onCancel);
    }

    private boolean end(
            Stage how, Status status, Metadata trailers, Consumer<Listener<ReqT>> event) {
        if (status.getCode() == Status.Code.UNKNOWN && status.getCause() != null) {
            LOG.warn("{} failed", method.name(), status.getCause());
        }
        return end(how, () -> answer.close(status, trailers), event);
    }

    /** True for the first who ends it. */
    private boolean end(Stage how, Runnable answering, Consumer<Listener<ReqT>> event) {
        if (!stage.compareAndSet(Stage.OPEN, how)) {
            return false;
        }
        answering.run();
        RequestStream stream = requests;
        if (stream != null) {
            stream.discard();
        }
        later(() -> telling(event));
        return true;
    }

    /** Runs an event after those before it, on a thread that may block. */
    private void later(Runnable event) {
        serial.executeLater(event);
        try {
            exchange.executor().execute(serial::drain);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: nobody left to tell", method.name(), e);
        }
    }

    /** Tells the listener, unless it was or is about to be told of the end. */
    private void listening(Consumer<Listener<ReqT>> event) {
        if (stage.get() == Stage.OPEN) {
            telling(event);
        }
    }

    private void telling(Consumer<Listener<ReqT>> event) {
        Listener<ReqT> to = listener;
        if (to != null) {
            inContext(() -> event.accept(to));
        }
    }

    private void inContext(Runnable work) {
        try (SafeCloseable _ = exchange.request().push()) {
            exchange.context().run(work);
        }
    }

    @Override
    public boolean isCancelled() {
        return stage.get() == Stage.CANCELLED;
    }

    @Override
    public MethodDescriptor<ReqT, RespT> getMethodDescriptor() {
        return method.descriptor();
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
