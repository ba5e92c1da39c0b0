package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.unkey.vmcp.api.v1.BootConfig;
import com.unkey.vmcp.api.v1.BootVmRequest;
import com.unkey.vmcp.api.v1.CpuConfig;
import com.unkey.vmcp.api.v1.CreateVmRequest;
import com.unkey.vmcp.api.v1.DeleteVmRequest;
import com.unkey.vmcp.api.v1.GetVmInfoRequest;
import com.unkey.vmcp.api.v1.MemoryConfig;
import com.unkey.vmcp.api.v1.ShutdownVmRequest;
import com.unkey.vmcp.api.v1.VmConfig;
import com.unkey.vmcp.api.v1.VmServiceGrpc;
import com.unkey.vmcp.api.v1.VmServiceGrpc.VmServiceBlockingStub;
import com.unkey.vmcp.api.v1.VmState;
import com.unkey.vmcp.e2e.DaemonProcess.Program;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What grpc-java does beside plain calls: deadlines, compression, details of errors, health. */
class GrpcJavaTest {

    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private static Bench bench;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() {
        bench = Bench.start(Home.make(), Program.PACKAGE);
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", bench.daemon().port())
                        .usePlaintext()
                        .build();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        bench.close();
    }

    @AfterEach
    void removeVms() {
        bench.client().deleteAll();
    }

    private static VmServiceBlockingStub calls() {
        return VmServiceGrpc.newBlockingStub(channel).withDeadlineAfter(Duration.ofSeconds(60));
    }

    @Test
    void anUnknownVmIsNotFound() {
        StatusRuntimeException refusal = refusal(() -> state("no-such-vm"));
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refusal.getStatus().getDescription())
                .isEqualTo("no VM with vm_id \"no-such-vm\"");
    }

    @Test
    void aRefusalNamesItsFieldInDetails() throws InvalidProtocolBufferException {
        VmConfig config = config().toBuilder().setCpu(CpuConfig.getDefaultInstance()).build();
        StatusRuntimeException refusal = refusal(() -> create(calls(), config));
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refusal.getStatus().getDescription())
                .isEqualTo("config.cpu.vcpu_count: must be 1 to 1024, got 0");
        BadRequest detail =
                StatusProto.fromThrowable(refusal).getDetails(0).unpack(BadRequest.class);
        assertThat(detail.getFieldViolations(0).getField()).isEqualTo("config.cpu.vcpu_count");
    }

    @Test
    void aDeadlineEndsTheWaitAndNotTheVm() {
        String vm = create(calls(), config());
        assertThat(calls().bootVm(BootVmRequest.newBuilder().setVmId(vm).build()).getState())
                .isEqualTo(VmState.VM_STATE_RUNNING);
        VmServiceBlockingStub hasty =
                VmServiceGrpc.newBlockingStub(channel).withDeadlineAfter(Duration.ofMillis(300));
        ShutdownVmRequest.Builder request = ShutdownVmRequest.newBuilder().setVmId(vm);
        long begun = System.nanoTime();
        StatusRuntimeException late = refusal(() -> hasty.shutdownVm(request.build()));
        assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(10);
        assertThat(state(vm)).isEqualTo(VmState.VM_STATE_RUNNING);
        assertThat(calls().shutdownVm(request.setForce(true).build()).getState())
                .isEqualTo(VmState.VM_STATE_SHUTDOWN);
    }

    @Test
    void bothWaysAreCompressed() {
        AtomicReference<Metadata> headers = new AtomicReference<>(new Metadata());
        VmServiceBlockingStub compressing =
                calls().withCompression("gzip")
                        .withInterceptors(
                                MetadataUtils.newCaptureMetadataInterceptor(
                                        headers, new AtomicReference<>(new Metadata())));
        VmConfig config = config().toBuilder().putMetadata("long", "same ".repeat(5000)).build();
        String vm = create(compressing, config);
        GetVmInfoRequest request = GetVmInfoRequest.newBuilder().setVmId(vm).build();
        assertThat(compressing.getVmInfo(request).getConfig()).isEqualTo(config);
        assertThat(headers.get().get(ENCODING)).isEqualTo("gzip");
        DeleteVmRequest delete = DeleteVmRequest.newBuilder().setVmId(vm).build();
        assertThat(compressing.deleteVm(delete).getSuccess()).isTrue();
    }

    @Test
    void healthIsServedToGrpcClients() {
        assertThat(health("")).isEqualTo(ServingStatus.SERVING);
        assertThat(health(VmServiceGrpc.SERVICE_NAME)).isEqualTo(ServingStatus.SERVING);
        assertThat(refusal(() -> health("no.such.Service")).getStatus().getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    private static ServingStatus health(String service) {
        return HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Duration.ofSeconds(60))
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    private static String create(VmServiceBlockingStub calls, VmConfig config) {
        return calls.createVm(CreateVmRequest.newBuilder().setConfig(config).build()).getVmId();
    }

    private static VmState state(String vm) {
        return calls().getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm).build()).getState();
    }

    private static StatusRuntimeException refusal(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    /** Its guest ignores the power button. */
    private static VmConfig config() {
        String kernel = bench.home().stubbornGuest().toString();
        return VmConfig.newBuilder()
                .setCpu(CpuConfig.newBuilder().setVcpuCount(1))
                .setMemory(MemoryConfig.newBuilder().setSizeBytes(32 << 20))
                .setBoot(BootConfig.newBuilder().setKernelPath(kernel))
                .build();
    }
}
