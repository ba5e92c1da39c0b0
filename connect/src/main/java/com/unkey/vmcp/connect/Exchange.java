package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Grpc;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * One HTTP request and its answer.
 *
 * @param context cancelled when the client goes or its deadline passes, and at the end of the call
 * @param codec reads and writes this call's messages
 * @param contentType of the request; a successful answer has the same
 */
record Exchange(
        ServiceRequestContext request,
        CompletableFuture<HttpResponse> answer,
        Context.CancellableContext context,
        Executor executor,
        Codec codec,
        String contentType) {

    void complete(HttpResponse response) {
        if (!answer.complete(response)) {
            response.abort();
        }
    }

    Attributes attributes() {
        return Attributes.newBuilder()
                .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, request.remoteAddress())
                .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, request.localAddress())
                .build();
    }

    String authority() {
        String authority = request.request().authority();
        return authority == null ? "" : authority;
    }
}
