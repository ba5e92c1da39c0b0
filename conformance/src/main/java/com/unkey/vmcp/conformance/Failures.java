package com.unkey.vmcp.conformance;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** Errors that a test asks for, as gRPC's. The suite numbers codes as gRPC does. */
final class Failures {

    private Failures() {}

    static StatusRuntimeException of(connectrpc.conformance.v1.Service.Error wanted) {
        return StatusProto.toStatusRuntimeException(status(wanted).build());
    }

    /** An error in place of the first message: its last detail is what would have been echoed. */
    static StatusRuntimeException of(
            connectrpc.conformance.v1.Service.Error wanted, RequestInfo echo) {
        return StatusProto.toStatusRuntimeException(
                status(wanted).addDetails(Any.pack(echo)).build());
    }

    private static Status.Builder status(connectrpc.conformance.v1.Service.Error wanted) {
        return Status.newBuilder()
                .setCode(wanted.getCodeValue())
                .setMessage(wanted.getMessage())
                .addAllDetails(wanted.getDetailsList());
    }
}
