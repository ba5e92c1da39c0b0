package com.unkey.vmcp.connect;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Answers the calls of one unary method; everything that does not change is looked up once. */
final class UnaryHandler<ReqT, RespT> {

    private final ServerMethodDefinition<ReqT, RespT> definition;
    private final MethodDescriptor<ReqT, RespT> method;
    private final PrototypeMarshaller<ReqT> marshaller;
    private final Message prototype;
    private final ConnectOptions options;

    private UnaryHandler(
            ServerMethodDefinition<ReqT, RespT> definition,
            PrototypeMarshaller<ReqT> marshaller,
            Message prototype,
            ConnectOptions options) {
        this.definition = definition;
        this.method = definition.getMethodDescriptor();
        this.marshaller = marshaller;
        this.prototype = prototype;
        this.options = options;
    }

    /**
     * Prepares a method.
     *
     * @throws IllegalArgumentException where it is not unary or not about protobuf messages
     */
    static <ReqT, RespT> UnaryHandler<ReqT, RespT> of(
            ServerMethodDefinition<ReqT, RespT> definition, ConnectOptions options) {
        MethodDescriptor<ReqT, RespT> method = definition.getMethodDescriptor();
        if (method.getType() == MethodDescriptor.MethodType.UNARY
                && method.getRequestMarshaller() instanceof PrototypeMarshaller<ReqT> marshaller
                && marshaller.getMessagePrototype() instanceof Message prototype) {
            return new UnaryHandler<>(definition, marshaller, prototype, options);
        }
        throw new IllegalArgumentException(
                method.getFullMethodName() + " is no unary method of protobuf messages");
    }

    HttpResponse serve(
            ServiceRequestContext request, HttpRequest http, Codec codec, String contentType) {
        CallHeaders headers;
        try {
            headers = CallHeaders.read(http.headers());
        } catch (StatusException e) {
            return Refusals.afterBody(request, http, options, refuse(e.getStatus()));
        }
        Context.CancellableContext context = context(request, headers);
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        Exchange exchange =
                new Exchange(request, answer, context, options.handlers(), codec, contentType);
        UnaryCall<ReqT, RespT> call = new UnaryCall<>(method, exchange);
        var _ =
                RequestBody.read(
                                http,
                                request.eventLoop().withoutContext(),
                                options.maxMessageBytes(),
                                options.bodyTimeout())
                        .whenCompleteAsync(
                                (body, trouble) -> {
                                    if (trouble != null) {
                                        call.close(Status.fromThrowable(trouble));
                                    } else {
                                        call.start(
                                                definition.getServerCallHandler(),
                                                headers.metadata(),
                                                () -> decode(codec, body));
                                    }
                                },
                                options.handlers());
        return watched(HttpResponse.of(answer), context);
    }

    /** A connection that breaks may end the response without a word to the request. */
    private static HttpResponse watched(HttpResponse response, Context.CancellableContext context) {
        var _ =
                response.whenComplete()
                        .whenComplete(
                                (_, broken) -> {
                                    if (broken != null) {
                                        context.cancel(broken);
                                    }
                                });
        return response;
    }

    private ReqT decode(Codec codec, byte[] body) {
        try {
            return marshaller.getMessageClass().cast(codec.decode(prototype, body));
        } catch (MalformedMessageException e) {
            throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
        }
    }

    private static HttpResponse refuse(Status status) {
        ConnectError error = ConnectError.of(status);
        return HttpResponse.of(
                ResponseHeaders.builder(error.code().http())
                        .set(HttpHeaderNames.CONTENT_TYPE, JsonCodec.TYPE)
                        .build(),
                HttpData.wrap(error.json()));
    }

    private Context.CancellableContext context(ServiceRequestContext request, CallHeaders headers) {
        Context.CancellableContext context =
                headers.timeout()
                        .map(limit -> deadline(limit, request))
                        .orElseGet(Context.ROOT::withCancellation);
        var _ = request.whenRequestCancelling().thenAccept(context::cancel);
        return context;
    }

    private static Context.CancellableContext deadline(
            Duration limit, ServiceRequestContext request) {
        return Context.ROOT.withDeadlineAfter(
                limit.toMillis(), TimeUnit.MILLISECONDS, request.eventLoop().withoutContext());
    }
}
