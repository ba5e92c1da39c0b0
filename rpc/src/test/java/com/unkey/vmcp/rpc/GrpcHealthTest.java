package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.control.HealthReport;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.testkit.process.Await;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Health as gRPC clients and load balancers ask for it. */
class GrpcHealthTest {

    private static final int MAX_CALLS = 8;

    private RunningServer running;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        running =
                new RunningServer(
                        settings ->
                                settings.healthInterval(Duration.ofMillis(20)).maxCalls(MAX_CALLS));
        channel = running.channel();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        running.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "vmm.v1.VmService"})
    void checkFollowsTheControlPlane(String service) {
        assertThat(check(service)).isEqualTo(ServingStatus.SERVING);
        running.vms.health = unhealthy();
        assertThat(check(service)).isEqualTo(ServingStatus.NOT_SERVING);
        running.vms.failure = Optional.of(new IllegalStateException("boom"));
        assertThat(check(service)).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void anUnknownServiceIsNotFound() {
        assertThatThrownBy(() -> check("vmm.v1.Other"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> {
                            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
                            assertThat(e).hasMessageContaining("vmm.v1.Other");
                        });
    }

    @Test
    void whoWatchesIsToldOfChangesAndOfNothingElse() throws Exception {
        HealthReport healthy = running.vms.health;
        Watching watching = watch("");
        assertThat(watching.next()).isEqualTo(ServingStatus.SERVING);
        running.vms.health = unhealthy();
        assertThat(watching.next()).isEqualTo(ServingStatus.NOT_SERVING);
        running.vms.health = healthy;
        assertThat(watching.next()).isEqualTo(ServingStatus.SERVING);
        watching.cancel();
    }

    @Test
    void anUnknownServiceMayBeWatched() throws Exception {
        Watching watching = watch("vmm.v2.VmService");
        assertThat(watching.next()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
        watching.cancel();
    }

    /** Those who left take no place any more, and there are no more places than calls. */
    @Test
    void watchersAreCountedAsCalls() throws Exception {
        List<Watching> all = new ArrayList<>();
        for (int i = 0; i < MAX_CALLS; i++) {
            all.add(watch(""));
            assertThat(all.getLast().next()).isEqualTo(ServingStatus.SERVING);
        }
        assertThat(running.server.watching()).isEqualTo(MAX_CALLS);
        assertThat(watch("").end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

        all.forEach(Watching::cancel);
        Await.until("no watchers", () -> running.server.watching() == 0);
        Watching next = watch("");
        assertThat(next.next()).isEqualTo(ServingStatus.SERVING);
        next.cancel();
    }

    @Test
    void theEndOfTheServerEndsTheWatchAtOnce() throws Exception {
        Watching watching = watch("");
        assertThat(watching.next()).isEqualTo(ServingStatus.SERVING);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(running::close);
        assertThat(watching.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        closing.get(10, TimeUnit.SECONDS);
    }

    private ServingStatus check(String service) {
        return HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Duration.ofSeconds(20))
                .check(request(service))
                .getStatus();
    }

    private static HealthCheckRequest request(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    private static HealthReport unhealthy() {
        return new HealthReport(
                false, new BackendName("qemu"), Optional.of("no qemu"), Duration.ZERO);
    }

    private Watching watch(String service) {
        Watching watching = new Watching();
        watching.context.run(() -> HealthGrpc.newStub(channel).watch(request(service), watching));
        return watching;
    }

    private static final class Watching implements StreamObserver<HealthCheckResponse> {

        private final Context.CancellableContext context = Context.current().withCancellation();
        private final BlockingQueue<ServingStatus> told = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onNext(HealthCheckResponse response) {
            told.add(response.getStatus());
        }

        @Override
        public void onError(Throwable thrown) {
            end.complete(Status.fromThrowable(thrown));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }

        ServingStatus next() throws InterruptedException {
            return told.poll(20, TimeUnit.SECONDS);
        }

        Status end() throws Exception {
            return end.get(20, TimeUnit.SECONDS);
        }

        void cancel() {
            context.cancel(null);
        }
    }
}
