package com.unkey.vmcp.connect.wire;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Lets a method see the headers of its call and add its own, ahead and behind. */
final class CallHeaders implements ServerInterceptor {

    private static final Context.Key<Exchanged> EXCHANGED = Context.key("exchanged");

    /** Metadata of one call. */
    record Exchanged(Metadata request, Metadata leading, Metadata trailing) {}

    static Exchanged current() {
        return EXCHANGED.get();
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        Exchanged exchanged = new Exchanged(headers, new Metadata(), new Metadata());
        ServerCall<A, B> adding = new Adding<>(call, exchanged);
        Context context = Context.current().withValue(EXCHANGED, exchanged);
        return Contexts.interceptCall(context, adding, headers, next);
    }

    /** Headers go out with the first message, or before a failure that comes sooner. */
    private static final class Adding<A, B> extends SimpleForwardingServerCall<A, B> {
        private final Exchanged exchanged;
        private boolean opened;

        Adding(ServerCall<A, B> call, Exchanged exchanged) {
            super(call);
            this.exchanged = exchanged;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            opened = true;
            headers.merge(exchanged.leading());
            super.sendHeaders(headers);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (!opened && !exchanged.leading().keys().isEmpty()) {
                sendHeaders(new Metadata());
            }
            trailers.merge(exchanged.trailing());
            super.close(status, trailers);
        }
    }
}
