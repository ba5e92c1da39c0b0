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

    /**
     * Metadata of one call.
     *
     * @param send makes the leading part known, as far as it is there by then
     */
    record Exchanged(Metadata request, Metadata leading, Metadata trailing, Runnable send) {}

    static Exchanged current() {
        return EXCHANGED.get();
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        Adding<A, B> adding = new Adding<>(call);
        Exchanged exchanged = new Exchanged(headers, adding.leading, adding.trailing, adding::open);
        Context context = Context.current().withValue(EXCHANGED, exchanged);
        return Contexts.interceptCall(context, adding, headers, next);
    }

    private static final class Adding<A, B> extends SimpleForwardingServerCall<A, B> {
        private final Metadata leading = new Metadata();
        private final Metadata trailing = new Metadata();
        private boolean opened;

        Adding(ServerCall<A, B> call) {
            super(call);
        }

        void open() {
            sendHeaders(new Metadata());
        }

        @Override
        public void sendHeaders(Metadata headers) {
            if (!opened) {
                opened = true;
                headers.merge(leading);
                super.sendHeaders(headers);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            trailers.merge(trailing);
            super.close(status, trailers);
        }
    }
}
