package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.BadRequest;
import com.unkey.vmcp.api.v1.BackendCapability;
import com.unkey.vmcp.api.v1.BackendHealth;
import com.unkey.vmcp.api.v1.BootConfig;
import com.unkey.vmcp.api.v1.CpuConfig;
import com.unkey.vmcp.api.v1.CreateVmRequest;
import com.unkey.vmcp.api.v1.ListBackendsRequest;
import com.unkey.vmcp.api.v1.MemoryConfig;
import com.unkey.vmcp.api.v1.VmConfig;
import com.unkey.vmcp.api.v1.VmServiceGrpc;
import com.unkey.vmcp.e2e.DaemonProcess.Program;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Several backends in one daemon: what is told of them, and VMs of each. */
class BackendsTest {

    private static Bench bench;
    private static String otherGuest;

    @BeforeAll
    static void start() throws Exception {
        Backend other = Backend.FAKE_CLOUD_HYPERVISOR;
        Home home = other.configure(Home.make(Backend.QEMU));
        otherGuest = other.guest().writeTo(home.files()).toString();
        bench = Bench.start(home, Program.PACKAGE);
    }

    @AfterAll
    static void stop() {
        if (bench != null) {
            bench.close();
        }
    }

    @AfterEach
    void nothingIsLeft() {
        bench.client().deleteAll();
        assertThat(bench.vmms()).isEmpty();
    }

    @Test
    void areListedInJson() {
        List<JsonNode> backends = new ArrayList<>();
        bench.client()
                .post("ListBackends", "{}")
                .ok()
                .body()
                .path("backends")
                .forEach(backends::add);

        assertThat(backends)
                .extracting(backend -> backend.path("name").asString())
                .contains("cloudhypervisor", "qemu")
                .doesNotHaveDuplicates();
        assertThat(backends)
                .filteredOn(backend -> backend.path("is_default").asBoolean(false))
                .singleElement()
                .satisfies(
                        qemu -> {
                            assertThat(qemu.path("name").asString()).isEqualTo("qemu");
                            assertThat(qemu.path("health").asString())
                                    .isEqualTo("BACKEND_HEALTH_HEALTHY");
                            assertThat(qemu.path("version").asString()).matches("\\d+\\..*");
                            assertThat(qemu.path("options").size()).isGreaterThan(5);
                        });
    }

    @Test
    void areListedInGrpc() {
        ManagedChannel channel = channel();
        try {
            assertThat(
                            calls(channel)
                                    .listBackends(ListBackendsRequest.getDefaultInstance())
                                    .getBackendsList())
                    .filteredOn(backend -> backend.getName().equals("qemu"))
                    .singleElement()
                    .satisfies(
                            qemu -> {
                                assertThat(qemu.getIsDefault()).isTrue();
                                assertThat(qemu.getHealth())
                                        .isEqualTo(BackendHealth.BACKEND_HEALTH_HEALTHY);
                                assertThat(qemu.getCapabilitiesList())
                                        .contains(BackendCapability.BACKEND_CAPABILITY_PAUSE);
                                assertThat(qemu.getLimitsList())
                                        .anyMatch(limit -> limit.getName().equals("max_vcpus"));
                            });
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void vmsOfSeveralRunSideBySideAndOutliveTheDaemon() {
        create("plain", "", bench.home().miniGuest().toString()).ok();
        create("other", "cloudhypervisor", otherGuest).ok();
        List<String> both = List.of("plain", "other");
        both.forEach(vm -> bench.client().call("BootVm", vm).ok());

        assertThat(bench.client().fact("plain", "vmm")).isEqualTo("qemu");
        assertThat(bench.client().fact("other", "vmm")).isEqualTo("cloudhypervisor");
        bench.killAndStartAgain();

        for (String vm : both) {
            assertThat(bench.client().state(vm)).isEqualTo(States.RUNNING);
            int _ = bench.client().guest(vm).awaitTicks();
            bench.client().call("PauseVm", vm).ok();
        }
        assertThat(bench.client().fact("other", "vmm")).isEqualTo("cloudhypervisor");
    }

    @Test
    void nameThatNoneHasIsRefusedWithThoseThereAre() {
        for (String name : List.of("xen", "QEMU", "qemu ", "../qemu")) {
            Answer answer = create("a", name, bench.home().miniGuest().toString());
            assertThat(answer.refused("invalid_argument").violations())
                    .hasEntrySatisfying(
                            "backend",
                            said -> assertThat(said).contains("cloudhypervisor", "qemu", name));
        }
        assertThat(bench.home().runDirectories()).isEmpty();
    }

    @Test
    void nameThatNoneHasIsRefusedInGrpcToo() throws Exception {
        ManagedChannel channel = channel();
        try {
            CreateVmRequest request =
                    CreateVmRequest.newBuilder().setBackend("xen").setConfig(config()).build();
            StatusRuntimeException refused =
                    catchThrowableOfType(
                            StatusRuntimeException.class, () -> calls(channel).createVm(request));

            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            BadRequest details =
                    StatusProto.fromThrowable(refused).getDetails(0).unpack(BadRequest.class);
            assertThat(details.getFieldViolations(0).getField()).isEqualTo("backend");
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void whatTheOneThatIsMeantCannotDoIsRefused() {
        VmConfigs config =
                VmConfigs.mini(bench.home())
                        .with("boot", Map.of("kernel_path", otherGuest))
                        .with("cpu", Map.of("vcpu_count", 1, "features", Map.of("avx2", "on")));

        Answer answer = create("a", "cloudhypervisor", config);
        assertThat(answer.refused("unimplemented").violations())
                .containsOnlyKeys("config.cpu.features.avx2");
    }

    private static Answer create(String vm, String backend, String kernel) {
        return create(
                vm,
                backend,
                VmConfigs.mini(bench.home()).with("boot", Map.of("kernel_path", kernel)));
    }

    private static Answer create(String vm, String backend, VmConfigs config) {
        return bench.client()
                .call(
                        "CreateVm",
                        Map.of("vm_id", vm, "backend", backend, "config", config.fields()));
    }

    private static ManagedChannel channel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", bench.daemon().port())
                .usePlaintext()
                .build();
    }

    private static VmServiceGrpc.VmServiceBlockingStub calls(ManagedChannel channel) {
        return VmServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private static VmConfig config() {
        return VmConfig.newBuilder()
                .setCpu(CpuConfig.newBuilder().setVcpuCount(1))
                .setMemory(MemoryConfig.newBuilder().setSizeBytes(32 << 20))
                .setBoot(BootConfig.newBuilder().setKernelPath(bench.home().miniGuest().toString()))
                .build();
    }
}
