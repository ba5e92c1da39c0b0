package com.unkey.vmcp.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.ProcessHost.Spawn;
import com.unkey.vmcp.core.port.ProcessHost.VmmLaunch;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.vmm.InProcessHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InProcessHostTest {

    private static final ShortId ID = new ShortId("s000000001");

    @TempDir Path root;
    private InProcessHost<FakeFaults> host;

    @BeforeEach
    void open() {
        host = InProcessServer.host(root.resolve("run"));
    }

    @AfterEach
    void end() {
        host.endAll();
    }

    @Test
    void spawnedVmmRunsAGuestAndItsTimeIsCounted() throws Exception {
        VmmProcess vmm = spawn();
        assertThat(vmm.alive()).isTrue();
        assertThat(vmm.threadsNamed("vcpu")).isEmpty();
        try (ApiSocket api = connect()) {
            assertThat(api.get("vmm.ping").json().path("pid").asLong(0)).isEqualTo(vmm.pid());
            boot(api);
            List<Long> threads = vmm.threadsNamed("vcpu");
            assertThat(threads).hasSize(2);
            Await.until("the time grows", () -> vmm.cpuTime(threads).toMillis() > 10);
            assertThat(api.put("vm.reboot").status()).isEqualTo(204);
            assertThat(vmm.threadsNamed("vcpu")).hasSize(2).doesNotContainAnyElementsOf(threads);
            assertThat(vmm.cpuTime(threads)).isZero();
        }
    }

    @Test
    void nextDaemonFindsTheLivingOnes() throws Exception {
        VmmProcess first = spawn();
        InProcessHost<FakeFaults> next = InProcessServer.host(root.resolve("run"));
        VmmProcess found = next.find(ID).orElseThrow();
        assertThat(found.pid()).isEqualTo(first.pid());
        CompletableFuture<VmmProcess.Exit> told = new CompletableFuture<>();
        found.onExit(told::complete);
        found.kill();
        assertThat(told.get(5, TimeUnit.SECONDS).code()).isEmpty();
        assertThat(next.find(ID)).isEmpty();
        assertThat(next.list()).containsExactly(ID);
        next.discard(ID);
        assertThat(next.list()).isEmpty();
    }

    @Test
    void killLeavesTheSocketAndTellsNothing() throws Exception {
        VmmProcess vmm = spawn();
        EventFile events = new EventFile(host.runDirectory(ID).resolve("ev"));
        events.await("vmm/starting");
        vmm.kill();
        assertThat(vmm.awaitExit(Duration.ofSeconds(5))).isTrue();
        vmm.onExit(exit -> assertThat(exit.code()).isEqualTo(OptionalInt.of(137)));
        assertThat(host.runDirectory(ID).resolve("ch.sock")).exists();
        assertThat(events.names()).containsExactly("vmm/starting");
    }

    @Test
    void terminateEndsInOrder() throws Exception {
        VmmProcess vmm = spawn();
        try (ApiSocket api = connect()) {
            boot(api);
        }
        vmm.terminate();
        assertThat(vmm.awaitExit(Duration.ofSeconds(5))).isTrue();
        vmm.onExit(exit -> assertThat(exit.code()).isEqualTo(OptionalInt.of(0)));
        assertThat(host.runDirectory(ID).resolve("ch.sock")).doesNotExist();
        new EventFile(host.runDirectory(ID).resolve("ev"))
                .await(
                        "vmm/starting",
                        "vm/booting",
                        "vm/booted",
                        "vm/shutdown",
                        "vm/deleted",
                        "vmm/shutdown");
    }

    @Test
    void unknownFlagShowsInTheExitCodeAndTheLog() throws Exception {
        VmmProcess vmm = spawn("--bogus");
        assertThat(vmm.awaitExit(Duration.ofSeconds(5))).isTrue();
        vmm.onExit(exit -> assertThat(exit.code()).isEqualTo(OptionalInt.of(2)));
        assertThat(Files.readString(host.runDirectory(ID).resolve("log"))).contains("--bogus");
        assertThat(host.find(ID)).isEmpty();
    }

    private VmmProcess spawn(String... further) {
        Path directory = host.runDirectory(ID);
        host.makeRunDirectory(ID);
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                "cloud-hypervisor",
                                "--api-socket",
                                "path=" + directory.resolve("ch.sock"),
                                "--event-monitor",
                                "path=ev",
                                "--log-file",
                                directory.resolve("vmm.log").toString(),
                                "-v",
                                "--seccomp",
                                "true",
                                "--no-shutdown"));
        command.addAll(List.of(further));
        return host.spawn(
                new Spawn(
                        new VmmLaunch(ID, new BackendName("cloudhypervisor"), 1),
                        directory.resolve("ch.sock"),
                        command,
                        directory.resolve("log"),
                        List.of()));
    }

    private ApiSocket connect() throws IOException {
        return ApiSocket.connect(host.runDirectory(ID).resolve("ch.sock"), VmmServer.API);
    }

    private void boot(ApiSocket api) throws IOException {
        Path kernel = MiniGuest.tick().writeTo(root);
        String config =
                """
                {"payload":{"kernel":"%s"},"cpus":{"boot_vcpus":2,"max_vcpus":2},
                "serial":{"mode":"File","file":"console"}}\
                """
                        .formatted(kernel);
        assertThat(api.put("vm.create", config).status()).isEqualTo(204);
        assertThat(api.put("vm.boot").status()).isEqualTo(204);
        Await.until(
                "the guest counts",
                () ->
                        Files.readString(host.runDirectory(ID).resolve("console"))
                                .startsWith("00000001\n"));
    }
}
