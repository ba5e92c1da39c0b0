package com.unkey.vmcp.rpc;

import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.server.RequestTimeoutException;
import io.grpc.Metadata;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What gRPC callers are told of trouble outside the calls themselves. */
final class GrpcFailures implements GrpcExceptionHandlerFunction {

    private static final Logger LOG = LoggerFactory.getLogger(GrpcFailures.class);
    private static final GrpcExceptionHandlerFunction TRANSPORT = GrpcExceptionHandlerFunction.of();

    @Override
    public Status apply(RequestContext ctx, Status status, Throwable cause, Metadata metadata) {
        if (cause instanceof RequestTimeoutException) {
            return Status.DEADLINE_EXCEEDED.withDescription(
                    "the call took longer than its grpc-timeout allows");
        }
        if (cause instanceof ShuttingDownException) {
            return Status.UNAVAILABLE.withDescription("the server is stopping");
        }
        if (status.getCode() != Status.Code.UNKNOWN) {
            return status;
        }
        Status known = TRANSPORT.apply(ctx, status, cause, metadata);
        if (known != null && known.getCode() != Status.Code.UNKNOWN) {
            return known;
        }
        LOG.error("{} failed unexpectedly", ctx.path(), cause);
        return Status.INTERNAL.withDescription("internal error");
    }
}
