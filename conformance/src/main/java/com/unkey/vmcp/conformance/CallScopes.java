package com.unkey.vmcp.conformance;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;

/**
 * Gives each call its {@link CallScope}. Generated stubs know no metadata, send headers only with
 * the first message and, on an error, none at all; this adds what the scope holds.
 */
final class CallScopes implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata received, ServerCallHandler<Q, R> next) {
        ScopedCall<Q, R> scoped = new ScopedCall<>(call, received);
        Context context = Context.current().withValue(CallScope.KEY, scoped.scope);
        return Contexts.interceptCall(context, scoped, received, next);
    }

    private static Optional<QueryParams> queryOfGet() {
        ServiceRequestContext request = ServiceRequestContext.current();
        if (request.method() != HttpMethod.GET) {
            return Optional.empty();
        }
        String query = request.query();
        return Optional.of(query == null ? QueryParams.of() : QueryParams.fromQueryString(query));
    }

    private static final class ScopedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

        private final CallScope scope;
        private boolean headersSent;

        ScopedCall(ServerCall<Q, R> call, Metadata received) {
            super(call);
            this.scope = new CallScope(received, queryOfGet(), () -> sendHeaders(new Metadata()));
        }

        @Override
        public void sendHeaders(Metadata headers) {
            if (!headersSent) {
                headersSent = true;
                headers.merge(scope.headers());
                super.sendHeaders(headers);
            }
        }

        /** An error without headers of its own goes out alone, which is a case of its own. */
        @Override
        public void close(Status status, Metadata trailers) {
            if (!scope.headers().keys().isEmpty()) {
                sendHeaders(new Metadata());
            }
            trailers.merge(scope.trailers());
            super.close(status, trailers);
        }
    }
}
