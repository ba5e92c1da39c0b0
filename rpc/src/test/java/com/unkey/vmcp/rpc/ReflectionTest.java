package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What gRPC tools can find out of the services. */
class ReflectionTest {

    @Test
    void theServicesAreListedAndDescribed() throws Exception {
        try (RunningServer running = new RunningServer(settings -> settings.reflection(true))) {
            ManagedChannel channel = running.channel();
            try {
                List<ServerReflectionResponse> answers =
                        ask(
                                        channel,
                                        ServerReflectionRequest.newBuilder()
                                                .setListServices("")
                                                .build(),
                                        ServerReflectionRequest.newBuilder()
                                                .setFileContainingSymbol("vmm.v1.VmService")
                                                .build())
                                .get(20, TimeUnit.SECONDS);

                assertThat(answers.getFirst().getListServicesResponse().getServiceList())
                        .extracting(ServiceResponse::getName)
                        .contains("vmm.v1.VmService", "grpc.health.v1.Health");
                FileDescriptorProto file =
                        FileDescriptorProto.parseFrom(
                                answers.getLast()
                                        .getFileDescriptorResponse()
                                        .getFileDescriptorProto(0));
                assertThat(file.getPackage()).isEqualTo("vmm.v1");
                assertThat(file.getService(0).getMethodCount()).isEqualTo(10);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    /** The older package is the same on the wire. */
    @Test
    void olderToolsAreAnsweredToo() throws Exception {
        try (RunningServer running = new RunningServer(settings -> settings.reflection(true))) {
            ManagedChannel channel = running.channel();
            try {
                CompletableFuture<List<io.grpc.reflection.v1alpha.ServerReflectionResponse>> all =
                        new CompletableFuture<>();
                StreamObserver<io.grpc.reflection.v1alpha.ServerReflectionRequest> requests =
                        io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(channel)
                                .serverReflectionInfo(new Collecting<>(all));
                requests.onNext(
                        io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                                .setListServices("")
                                .build());
                requests.onCompleted();
                assertThat(
                                all.get(20, TimeUnit.SECONDS)
                                        .getFirst()
                                        .getListServicesResponse()
                                        .getServiceCount())
                        .isGreaterThan(1);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void thereIsNoneByDefault() throws Exception {
        try (RunningServer running = new RunningServer()) {
            ManagedChannel channel = running.channel();
            try {
                assertThat(
                                ask(channel, ServerReflectionRequest.getDefaultInstance())
                                        .handle((_, thrown) -> Status.fromThrowable(thrown))
                                        .get(20, TimeUnit.SECONDS)
                                        .getCode())
                        .isEqualTo(Status.Code.UNIMPLEMENTED);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static CompletableFuture<List<ServerReflectionResponse>> ask(
            ManagedChannel channel, ServerReflectionRequest... questions) {
        CompletableFuture<List<ServerReflectionResponse>> all = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests =
                ServerReflectionGrpc.newStub(channel).serverReflectionInfo(new Collecting<>(all));
        for (ServerReflectionRequest question : questions) {
            requests.onNext(question);
        }
        requests.onCompleted();
        return all;
    }

    private static final class Collecting<T> implements StreamObserver<T> {

        private final List<T> answers = new ArrayList<>();
        private final CompletableFuture<List<T>> all;

        Collecting(CompletableFuture<List<T>> all) {
            this.all = all;
        }

        @Override
        public void onNext(T answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable thrown) {
            all.completeExceptionally(thrown);
        }

        @Override
        public void onCompleted() {
            all.complete(answers);
        }
    }
}
