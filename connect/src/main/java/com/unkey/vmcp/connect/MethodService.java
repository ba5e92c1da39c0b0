package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers the requests for one method, in the order of checks that connect-go has. */
final class MethodService<ReqT, RespT> {

    /** Beyond this a deadline is none; gRPC's headers can say ten thousand years. */
    private static final Duration EVER = Duration.ofDays(36_500);

    /** Room for an envelope's prefix, and for a second message that is to be told of. */
    private static final int ENVELOPE_ALLOWANCE = 1_024;

    private static final byte[] NO_BODY = {};
    private static final String READABLE = "GET, POST";
    private static final String POST_ONLY = "POST";

    private final Method<ReqT, RespT> method;
    private final Encodings encodings;
    private final Compressions compressions;
    private final CallsUnderWay calls;
    private final ConnectOptions options;

    MethodService(
            Method<ReqT, RespT> method,
            Encodings encodings,
            Compressions compressions,
            CallsUnderWay calls,
            ConnectOptions options) {
        this.method = method;
        this.encodings = encodings;
        this.compressions = compressions;
        this.calls = calls;
        this.options = options;
    }

    boolean givesOne() {
        return method.givesOne();
    }

    HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        if (method.isBidi() && !context.sessionProtocol().isMultiplex()) {
            return Refusals.versionNotSupported();
        }
        if (request.method() == HttpMethod.POST) {
            return post(context, request);
        }
        if (request.method() == HttpMethod.GET && method.isReadable()) {
            return get(context, request);
        }
        String allowed = method.isReadable() ? READABLE : POST_ONLY;
        return refused(context, request, Refusals.methodNotAllowed(allowed));
    }

    private HttpResponse post(ServiceRequestContext context, HttpRequest request) {
        Encoding encoding = encodings.ofPost(request.headers().get("content-type", ""));
        if (encoding == null) {
            return refused(context, request, Refusals.unsupportedMediaType(encodings.accepted()));
        }
        return new Incoming(context, request, encoding, null).serve();
    }

    private HttpResponse get(ServiceRequestContext context, HttpRequest request) {
        GetQuery query = GetQuery.of(context.query());
        Encoding encoding = encodings.ofGet(query.text("encoding"));
        if (encoding == null) {
            return refused(context, request, Refusals.unsupportedMediaType(encodings.accepted()));
        }
        return HttpResponse.of(
                body(context, request, 0)
                        .handle(
                                (body, trouble) ->
                                        trouble == null && body.length == 0
                                                ? new Incoming(context, request, encoding, query)
                                                        .serve()
                                                : Refusals.unsupportedBody()));
    }

    private CompletableFuture<byte[]> body(
            ServiceRequestContext context, HttpRequest request, int allowance) {
        return RequestBody.read(
                request,
                context.eventLoop().withoutContext(),
                (int) Math.min(Integer.MAX_VALUE, (long) options.maxMessageBytes() + allowance),
                options.bodyTimeout());
    }

    private HttpResponse refused(
            ServiceRequestContext context, HttpRequest request, HttpResponse refusal) {
        return Refusals.reading(context, request, options, refusal);
    }

    /** A request on its way to become a call. */
    private final class Incoming {
        private final ServiceRequestContext context;
        private final HttpRequest request;
        private final Encoding encoding;
        private final Protocol protocol;
        private final @Nullable GetQuery query;

        Incoming(
                ServiceRequestContext context,
                HttpRequest request,
                Encoding encoding,
                @Nullable GetQuery query) {
            this.context = context;
            this.request = request;
            this.encoding = encoding;
            this.protocol = encoding.protocol();
            this.query = query;
        }

        HttpResponse serve() {
            Compressions.Choice compression = Compressions.Choice.NONE;
            Metadata metadata;
            Optional<Duration> timeout;
            try {
                compression = chooseCompression();
                check();
                timeout = protocol.timeout(request.headers());
                metadata = CallMetadata.read(request.headers());
            } catch (StatusException e) {
                return refuse(compression, e.getStatus());
            }
            Status busy = calls.enter();
            return busy == null ? start(compression, metadata, timeout) : refuse(compression, busy);
        }

        private Compressions.Choice chooseCompression() throws StatusException {
            String sent =
                    query == null
                            ? protocol.requestCompression(request.headers())
                            : query.text("compression");
            return compressions.choose(sent, protocol.acceptedCompressions(request.headers()));
        }

        private void check() throws StatusException {
            if (query == null) {
                protocol.check(request.headers());
            } else {
                query.check();
            }
        }

        private Protocol.Head head(Compressions.Choice compression) {
            return new Protocol.Head(
                    encoding.contentType(),
                    compression.response(),
                    compressions.names(),
                    query != null);
        }

        private HttpResponse refuse(Compressions.Choice compression, Status status) {
            HttpResponse refusal =
                    protocol.whole(
                            head(compression),
                            new Protocol.Whole(new Metadata(), null, status, new Metadata()));
            return query == null ? refused(context, request, refusal) : refusal;
        }

        private HttpResponse start(
                Compressions.Choice compression, Metadata metadata, Optional<Duration> timeout) {
            Context.CancellableContext cancellable = cancellable(timeout);
            Exchange exchange =
                    new Exchange(
                            context, cancellable, options.handlers(), protocol.timeoutHeader());
            Messages<ReqT, RespT> messages = new Messages<>(method, encoding, compression, options);
            Protocol.Head head = head(compression);
            Call<ReqT, RespT> call =
                    new Call<>(method, exchange, messages, onReady -> answer(head, onReady));
            follow(call, cancellable);
            call.watchContext();
            if (method.takesOne()) {
                readOne(call, messages, metadata);
            } else {
                readStream(call, metadata);
            }
            return call.answer().response();
        }

        private Answer answer(Protocol.Head head, Runnable onReady) {
            return protocol instanceof Enveloped enveloped && !method.givesOne()
                    ? new StreamedAnswer(enveloped, head, onReady)
                    : new WholeAnswer(protocol, head);
        }

        /** A connection that breaks may end the response without a word to the request. */
        private void follow(Call<ReqT, RespT> call, Context.CancellableContext cancellable) {
            boolean endless = !method.isUnary();
            if (endless) {
                calls.addStream(call);
            }
            var _ =
                    call.answer()
                            .response()
                            .whenComplete()
                            .whenComplete(
                                    (_, broken) -> {
                                        if (broken != null) {
                                            cancellable.cancel(broken);
                                        }
                                        if (endless) {
                                            calls.removeStream(call);
                                        }
                                        calls.leave();
                                    });
        }

        private Context.CancellableContext cancellable(Optional<Duration> timeout) {
            Context.CancellableContext made =
                    timeout.filter(limit -> limit.compareTo(EVER) < 0)
                            .map(this::deadline)
                            .orElseGet(Context.ROOT::withCancellation);
            var _ = context.whenRequestCancelling().thenAccept(made::cancel);
            return made;
        }

        private Context.CancellableContext deadline(Duration limit) {
            return Context.ROOT.withDeadlineAfter(
                    limit.toNanos(), TimeUnit.NANOSECONDS, context.eventLoop().withoutContext());
        }

        /** The method has to know of the call before anything of its stream arrives. */
        private void readStream(Call<ReqT, RespT> call, Metadata metadata) {
            EventLoop loop = context.eventLoop().withoutContext();
            RequestStream stream =
                    new RequestStream(loop, call, options.maxMessageBytes(), options.bodyTimeout());
            call.serve(metadata, stream);
            request.subscribe(stream, loop);
        }

        private void readOne(
                Call<ReqT, RespT> call, Messages<ReqT, RespT> messages, Metadata metadata) {
            int allowance = protocol instanceof Enveloped ? ENVELOPE_ALLOWANCE : 0;
            CompletableFuture<byte[]> body =
                    query == null
                            ? body(context, request, allowance)
                            : CompletableFuture.completedFuture(NO_BODY);
            var _ =
                    body.whenCompleteAsync(
                            (bytes, trouble) -> {
                                if (trouble != null) {
                                    call.close(Status.fromThrowable(trouble));
                                } else {
                                    call.serve(metadata, () -> decode(messages, bytes));
                                }
                            },
                            options.handlers());
        }

        private ReqT decode(Messages<ReqT, RespT> messages, byte[] body) throws StatusException {
            if (query != null) {
                return messages.decodeBody(query.message());
            }
            return switch (protocol) {
                case ConnectUnary _ -> messages.decodeBody(body);
                case Enveloped _ -> {
                    SingleEnvelope one = SingleEnvelope.of(body, options.maxMessageBytes());
                    yield messages.decodeEnveloped(
                            one.data(), one.offset(), one.length(), one.flags());
                }
            };
        }
    }
}
