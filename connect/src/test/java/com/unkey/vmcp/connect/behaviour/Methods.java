package com.unkey.vmcp.connect.behaviour;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.testing.v1.TestServiceGrpc;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/** Services of one method of the test service, each as a test needs it. */
final class Methods {

    private static final String SERVICE = "connect.testing.v1.TestService";

    private Methods() {}

    static ServerServiceDefinition run(ServerCalls.UnaryMethod<Plan, Everything> method) {
        return runBy(ServerCalls.asyncUnaryCall(method));
    }

    static ServerServiceDefinition runBy(ServerCallHandler<Plan, Everything> handler) {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(TestServiceGrpc.getRunMethod(), handler)
                .build();
    }

    static ServerServiceDefinition download(
            ServerCalls.ServerStreamingMethod<Plan, Everything> method) {
        return downloadBy(ServerCalls.asyncServerStreamingCall(method));
    }

    static ServerServiceDefinition downloadBy(ServerCallHandler<Plan, Everything> handler) {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(TestServiceGrpc.getDownloadMethod(), handler)
                .build();
    }

    static ServerServiceDefinition upload(
            Function<ServerCallStreamObserver<Everything>, StreamObserver<Everything>> method) {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(
                        TestServiceGrpc.getUploadMethod(),
                        ServerCalls.asyncClientStreamingCall(
                                caller ->
                                        method.apply(
                                                (ServerCallStreamObserver<Everything>) caller)))
                .build();
    }

    static ServerServiceDefinition chat(ServerCallHandler<Everything, Everything> handler) {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(TestServiceGrpc.getChatMethod(), handler)
                .build();
    }

    /** Sends each message back. */
    static ServerServiceDefinition echo() {
        return chat(
                ServerCalls.asyncBidiStreamingCall(
                        caller ->
                                new StreamObserver<Everything>() {
                                    @Override
                                    public void onNext(Everything message) {
                                        caller.onNext(message);
                                    }

                                    @Override
                                    public void onError(Throwable gone) {}

                                    @Override
                                    public void onCompleted() {
                                        caller.onCompleted();
                                    }
                                }));
    }

    /** Both in one, of the same plan. */
    static ServerServiceDefinition runAndDownload(
            ServerCalls.UnaryMethod<Plan, Everything> run,
            ServerCalls.ServerStreamingMethod<Plan, Everything> download) {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(TestServiceGrpc.getRunMethod(), ServerCalls.asyncUnaryCall(run))
                .addMethod(
                        TestServiceGrpc.getDownloadMethod(),
                        ServerCalls.asyncServerStreamingCall(download))
                .build();
    }

    static void answer(StreamObserver<Everything> caller) {
        caller.onNext(Everything.getDefaultInstance());
        caller.onCompleted();
    }
}
