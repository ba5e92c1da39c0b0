package com.unkey.vmcp.rpc;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Violation;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a caller is told of a failure: the one table from failures to status codes. */
final class FailureStatus {

    private static final Logger LOG = LoggerFactory.getLogger(FailureStatus.class);

    private FailureStatus() {}

    /**
     * The status for whatever ended a call. What nobody foresaw is logged here, with its causes,
     * and the caller learns no more than that it happened.
     *
     * @param call what was called, for the log
     */
    static StatusRuntimeException of(String call, @Nullable Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        if (cause instanceof VmException e) {
            logIfOurs(call, e);
            return of(e.failure());
        }
        LOG.error("{} failed unexpectedly", call, cause);
        return Status.INTERNAL.withDescription("internal error").asRuntimeException();
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Failures that are no fault of the caller's, whole, once. */
    private static void logIfOurs(String call, VmException e) {
        switch (e.failure()) {
            case VmFailure.VmmFailed _, VmFailure.Unavailable _ -> LOG.warn("{} failed", call, e);
            case VmFailure.Invalid _,
                    VmFailure.Unsupported _,
                    VmFailure.UnknownVm _,
                    VmFailure.Duplicate _,
                    VmFailure.WrongState _,
                    VmFailure.Busy _,
                    VmFailure.LimitReached _,
                    VmFailure.TooSlow _,
                    VmFailure.Aborted _ ->
                    LOG.debug("{} refused: {}", call, e.getMessage());
        }
    }

    private static StatusRuntimeException of(VmFailure failure) {
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder()
                        .setCode(code(failure).value())
                        .setMessage(failure.message());
        List<Violation> violations = violations(failure);
        if (!violations.isEmpty()) {
            status.addDetails(Any.pack(badRequest(violations)));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static Status.Code code(VmFailure failure) {
        return switch (failure) {
            case VmFailure.Invalid _ -> Status.Code.INVALID_ARGUMENT;
            case VmFailure.UnknownVm _ -> Status.Code.NOT_FOUND;
            case VmFailure.Duplicate _ -> Status.Code.ALREADY_EXISTS;
            case VmFailure.WrongState _, VmFailure.Busy _ -> Status.Code.FAILED_PRECONDITION;
            case VmFailure.Unsupported _ -> Status.Code.UNIMPLEMENTED;
            case VmFailure.LimitReached _ -> Status.Code.RESOURCE_EXHAUSTED;
            case VmFailure.Unavailable _ -> Status.Code.UNAVAILABLE;
            case VmFailure.TooSlow _ -> Status.Code.DEADLINE_EXCEEDED;
            case VmFailure.Aborted _ -> Status.Code.ABORTED;
            case VmFailure.VmmFailed _ -> Status.Code.INTERNAL;
        };
    }

    private static List<Violation> violations(VmFailure failure) {
        return switch (failure) {
            case VmFailure.Invalid(List<Violation> violations) -> violations;
            case VmFailure.Unsupported(List<Violation> violations) -> violations;
            case VmFailure.UnknownVm _,
                    VmFailure.Duplicate _,
                    VmFailure.WrongState _,
                    VmFailure.Busy _,
                    VmFailure.LimitReached _,
                    VmFailure.Unavailable _,
                    VmFailure.TooSlow _,
                    VmFailure.Aborted _,
                    VmFailure.VmmFailed _ ->
                    List.of();
        };
    }

    private static BadRequest badRequest(List<Violation> violations) {
        BadRequest.Builder details = BadRequest.newBuilder();
        for (Violation violation : violations) {
            details.addFieldViolationsBuilder()
                    .setField(violation.field())
                    .setDescription(violation.message());
        }
        return details.build();
    }
}
