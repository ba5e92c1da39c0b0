package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.unkey.vmcp.api.v1.BootConfig;
import com.unkey.vmcp.api.v1.BootVmRequest;
import com.unkey.vmcp.api.v1.CpuConfig;
import com.unkey.vmcp.api.v1.CreateVmRequest;
import com.unkey.vmcp.api.v1.DeleteVmRequest;
import com.unkey.vmcp.api.v1.GetVmInfoRequest;
import com.unkey.vmcp.api.v1.GetVmInfoResponse;
import com.unkey.vmcp.api.v1.ListVmsRequest;
import com.unkey.vmcp.api.v1.MemoryConfig;
import com.unkey.vmcp.api.v1.PauseVmRequest;
import com.unkey.vmcp.api.v1.RebootVmRequest;
import com.unkey.vmcp.api.v1.ResumeVmRequest;
import com.unkey.vmcp.api.v1.ShutdownVmRequest;
import com.unkey.vmcp.api.v1.VmConfig;
import com.unkey.vmcp.api.v1.VmServiceGrpc;
import com.unkey.vmcp.api.v1.VmState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All nine calls over gRPC, with prior knowledge of HTTP/2 as gRPC clients have it. */
class GrpcLifecycleTest {

    private Bench bench;
    private ManagedChannel channel;
    private VmServiceGrpc.VmServiceBlockingStub calls;

    @BeforeEach
    void start() {
        bench = Bench.start();
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", bench.daemon().port())
                        .usePlaintext()
                        .build();
        calls = VmServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        bench.close();
    }

    @Test
    void allNine() {
        var created = calls.createVm(CreateVmRequest.newBuilder().setConfig(config()).build());
        String vm = created.getVmId();
        assertThat(created.getState()).isEqualTo(VmState.VM_STATE_CREATED);
        assertThat(calls.bootVm(BootVmRequest.newBuilder().setVmId(vm).build()).getState())
                .isEqualTo(VmState.VM_STATE_RUNNING);
        int _ = guest(vm).awaitTicks();
        assertThat(calls.pauseVm(PauseVmRequest.newBuilder().setVmId(vm).build()).getState())
                .isEqualTo(VmState.VM_STATE_PAUSED);
        assertThat(calls.resumeVm(ResumeVmRequest.newBuilder().setVmId(vm).build()).getState())
                .isEqualTo(VmState.VM_STATE_RUNNING);
        int mark = guest(vm).mark();
        assertThat(calls.rebootVm(RebootVmRequest.newBuilder().setVmId(vm).build()).getState())
                .isEqualTo(VmState.VM_STATE_RUNNING);
        guest(vm).await("00000001", mark);
        assertThat(calls.listVms(ListVmsRequest.getDefaultInstance()).getVmsList())
                .singleElement()
                .satisfies(listed -> assertThat(listed.getVmId()).isEqualTo(vm));
        assertThat(calls.shutdownVm(ShutdownVmRequest.newBuilder().setVmId(vm).build()).getState())
                .isEqualTo(VmState.VM_STATE_SHUTDOWN);
        assertThat(calls.deleteVm(DeleteVmRequest.newBuilder().setVmId(vm).build()).getSuccess())
                .isTrue();
        StatusRuntimeException gone =
                catchThrowableOfType(StatusRuntimeException.class, () -> info(vm));
        assertThat(gone.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    private GetVmInfoResponse info(String vm) {
        return calls.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm).build());
    }

    private Guest guest(String vm) {
        return new Guest(Path.of(info(vm).getBackendInfoOrThrow("console_path")));
    }

    private VmConfig config() {
        return VmConfig.newBuilder()
                .setCpu(CpuConfig.newBuilder().setVcpuCount(1))
                .setMemory(MemoryConfig.newBuilder().setSizeBytes(32 << 20))
                .setBoot(BootConfig.newBuilder().setKernelPath(bench.home().miniGuest().toString()))
                .build();
    }
}
