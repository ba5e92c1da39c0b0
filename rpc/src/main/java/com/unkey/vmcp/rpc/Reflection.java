package com.unkey.vmcp.rpc;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.InternalServer;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lets gRPC tools ask which services there are ({@code grpc.reflection.v1} and {@code v1alpha}).
 * The standard services ask the {@link Server} of the call's context; there is none here, so one
 * that knows the services and nothing else takes its place.
 */
final class Reflection {

    private Reflection() {}

    /** The services, and those that tell of them. */
    static List<ServerServiceDefinition> with(List<ServerServiceDefinition> services) {
        List<ServerServiceDefinition> all = new ArrayList<>(services);
        Listing listing = new Listing(all);
        for (BindableService service : List.of(ProtoReflectionServiceV1.newInstance(), alpha())) {
            all.add(ServerInterceptors.intercept(service, listing.interceptor()));
        }
        return List.copyOf(all);
    }

    @SuppressWarnings("deprecation") // tools of some years' standing know no other
    private static BindableService alpha() {
        return ProtoReflectionService.newInstance();
    }

    private static final class Listing extends Server {

        private final List<ServerServiceDefinition> services;

        Listing(List<ServerServiceDefinition> services) {
            this.services = services;
        }

        ServerInterceptor interceptor() {
            return new ServerInterceptor() {
                @Override
                public <Q, A> ServerCall.Listener<Q> interceptCall(
                        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                    Context context =
                            Context.current()
                                    .withValue(InternalServer.SERVER_CONTEXT_KEY, Listing.this);
                    return Contexts.interceptCall(context, call, headers, next);
                }
            };
        }

        @Override
        public List<ServerServiceDefinition> getServices() {
            return services;
        }

        @Override
        public List<ServerServiceDefinition> getImmutableServices() {
            return services;
        }

        @Override
        public Server start() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Server shutdown() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Server shutdownNow() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void awaitTermination() {
            throw new UnsupportedOperationException();
        }
    }
}
