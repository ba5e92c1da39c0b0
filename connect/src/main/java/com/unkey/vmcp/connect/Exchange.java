package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Grpc;
import java.util.concurrent.Executor;

/**
 * One HTTP request that is a call.
 *
 * @param context cancelled when the client goes or its deadline passes, and at the end of the call
 * @param executor runs what may block
 * @param timeoutHeader that a deadline came from, for messages
 */
record Exchange(
        ServiceRequestContext request,
        Context.CancellableContext context,
        Executor executor,
        String timeoutHeader) {

    HttpRequest http() {
        return request.request();
    }

    Attributes attributes() {
        return Attributes.newBuilder()
                .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, request.remoteAddress())
                .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, request.localAddress())
                .build();
    }

    String authority() {
        String authority = http().authority();
        return authority == null ? "" : authority;
    }
}
