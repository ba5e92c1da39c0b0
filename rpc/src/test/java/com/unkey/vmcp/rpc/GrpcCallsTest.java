package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.BadRequest;
import com.unkey.vmcp.api.v1.BootVmRequest;
import com.unkey.vmcp.api.v1.CreateVmRequest;
import com.unkey.vmcp.api.v1.DeleteVmRequest;
import com.unkey.vmcp.api.v1.GetVmInfoRequest;
import com.unkey.vmcp.api.v1.ListVmsRequest;
import com.unkey.vmcp.api.v1.PauseVmRequest;
import com.unkey.vmcp.api.v1.RebootVmRequest;
import com.unkey.vmcp.api.v1.ResumeVmRequest;
import com.unkey.vmcp.api.v1.ShutdownVmRequest;
import com.unkey.vmcp.api.v1.VmServiceGrpc;
import com.unkey.vmcp.api.v1.VmState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every call by a stock gRPC client. */
class GrpcCallsTest {

    private RunningServer running;
    private ManagedChannel channel;
    private VmServiceGrpc.VmServiceBlockingStub calls;

    @BeforeEach
    void start() throws Exception {
        running = new RunningServer();
        channel = running.channel();
        calls = VmServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        running.close();
    }

    @Test
    void allOfAVmsLife() {
        var created =
                calls.createVm(
                        CreateVmRequest.newBuilder()
                                .setVmId("a")
                                .setConfig(Configs.full())
                                .build());
        assertThat(created.getVmId()).isEqualTo("a");
        assertThat(created.getState()).isEqualTo(VmState.VM_STATE_CREATED);

        assertThat(calls.bootVm(BootVmRequest.newBuilder().setVmId("a").build()).getState())
                .isEqualTo(VmState.VM_STATE_RUNNING);
        assertThat(calls.pauseVm(PauseVmRequest.newBuilder().setVmId("a").build()).getState())
                .isEqualTo(VmState.VM_STATE_PAUSED);
        assertThat(calls.resumeVm(ResumeVmRequest.newBuilder().setVmId("a").build()).getState())
                .isEqualTo(VmState.VM_STATE_RUNNING);
        assertThat(calls.rebootVm(RebootVmRequest.newBuilder().setVmId("a").build()).getSuccess())
                .isTrue();
        assertThat(calls.shutdownVm(ShutdownVmRequest.newBuilder().setVmId("a").build()).getState())
                .isEqualTo(VmState.VM_STATE_SHUTDOWN);
        var info = calls.getVmInfo(GetVmInfoRequest.newBuilder().setVmId("a").build());
        assertThat(info.getConfig()).isEqualTo(Configs.full());
        assertThat(info.getMetrics().getStorageStats().getWriteOperations()).isEqualTo(8);
        assertThat(calls.listVms(ListVmsRequest.getDefaultInstance()).getTotalCount())
                .isEqualTo(41);
        assertThat(calls.deleteVm(DeleteVmRequest.newBuilder().setVmId("a").build()).getSuccess())
                .isTrue();
    }

    @Test
    void violationsAreDetails() throws Exception {
        StatusRuntimeException e =
                failure(() -> calls.listVms(ListVmsRequest.newBuilder().setPageSize(-5).build()));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        BadRequest details = StatusProto.fromThrowable(e).getDetails(0).unpack(BadRequest.class);
        assertThat(details.getFieldViolations(0).getField()).isEqualTo("page_size");
    }

    @Test
    void unforeseenFailuresAreNeutral() {
        running.vms.failure = Optional.of(new IllegalStateException("a secret"));
        StatusRuntimeException e =
                failure(() -> calls.bootVm(BootVmRequest.newBuilder().setVmId("a").build()));
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(e.getStatus().getDescription()).isEqualTo("internal error");
    }

    @Test
    void largeMessagesAreRefused() {
        for (int factor : new int[] {1, 40}) {
            String id = "x".repeat(RunningServer.MAX_MESSAGE_BYTES * factor);
            StatusRuntimeException e =
                    failure(() -> calls.bootVm(BootVmRequest.newBuilder().setVmId(id).build()));
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void manyGivenUpCallsDoNotEndTheConnection() throws Exception {
        var hanging =
                new java.util.concurrent.CompletableFuture<com.unkey.vmcp.core.vm.VmState.Kind>();
        running.vms.hanging = Optional.of(hanging);
        var async = VmServiceGrpc.newFutureStub(channel);
        for (int i = 0; i < 600; i++) {
            async.getVmInfo(GetVmInfoRequest.newBuilder().setVmId("a").build()).cancel(true);
        }
        assertThat(calls.listVms(ListVmsRequest.getDefaultInstance()).getTotalCount())
                .isEqualTo(41);
    }

    private static StatusRuntimeException failure(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }
}
