package com.unkey.vmcp.testkit.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.ProcessHost.Spawn;
import com.unkey.vmcp.core.port.ProcessHost.VmmLaunch;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.vmm.InProcessHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FirecrackerHostTest {

    private static final ShortId ID = new ShortId("s000000001");

    @TempDir Path root;
    private InProcessHost<FirecrackerFaults> host;

    @BeforeEach
    void open() {
        host = InProcessFirecracker.host(root.resolve("run"));
    }

    @AfterEach
    void end() {
        host.endAll();
    }

    @Test
    void guestSpeaksInAFileOfItsOwnAndItsTimeIsCounted() throws Exception {
        VmmProcess vmm = spawn("--id", "a");
        assertThat(vmm.threadsNamed("fc_vcpu")).isEmpty();
        try (ApiSocket api = connect()) {
            boot(api);
        }
        List<Long> threads = vmm.threadsNamed("fc_vcpu");
        assertThat(threads).hasSize(1);
        Await.until("the time grows", () -> vmm.cpuTime(threads).toMillis() > 10);
        assertThat(Files.readString(path("serial"))).startsWith("00000001\n");
        assertThat(Files.readString(path("log"))).isEmpty();
        assertThat(Files.readString(path("fc.log"))).contains("API server started.");
    }

    @Test
    void nextDaemonFindsItAndSeesItEndWithItsGuest() throws Exception {
        VmmProcess first = spawn("--id", "a");
        VmmProcess found = InProcessFirecracker.host(root.resolve("run")).find(ID).orElseThrow();
        assertThat(found.pid()).isEqualTo(first.pid());
        CompletableFuture<OptionalInt> told = new CompletableFuture<>();
        first.onExit(exit -> told.complete(exit.code()));
        try (ApiSocket api = connect()) {
            boot(api);
            api.put("actions", "{\"action_type\":\"SendCtrlAltDel\"}");
            assertThat(found.awaitExit(Duration.ofSeconds(5))).isTrue();
        }
        assertThat(told.get(5, TimeUnit.SECONDS)).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void whyItDoesNotStartIsSaidOnStandardError() throws Exception {
        VmmProcess vmm = spawn("--bogus");
        assertThat(vmm.awaitExit(Duration.ofSeconds(5))).isTrue();
        vmm.onExit(exit -> assertThat(exit.code()).isEqualTo(OptionalInt.of(153)));
        assertThat(Files.readString(path("log")))
                .isEqualTo("Error: ParseArguments(UnexpectedArgument(\"bogus\"))\n");
        assertThat(host.find(ID)).isEmpty();
    }

    private VmmProcess spawn(String... further) {
        host.makeRunDirectory(ID);
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                "firecracker",
                                "--api-sock",
                                path("fc.sock").toString(),
                                "--log-path",
                                "fc.log"));
        command.addAll(List.of(further));
        return host.spawn(
                new Spawn(
                        new VmmLaunch(ID, new BackendName("firecracker"), 1),
                        path("fc.sock"),
                        command,
                        path("log"),
                        List.of(),
                        Optional.of(path("serial")),
                        Optional.empty()));
    }

    private Path path(String name) {
        return host.runDirectory(ID).resolve(name);
    }

    private ApiSocket connect() throws IOException {
        return ApiSocket.connect(path("fc.sock"), FirecrackerServer.API);
    }

    private void boot(ApiSocket api) throws IOException {
        Path kernel = MiniGuest.tickWithPowerButton(Machine.FIRECRACKER).writeTo(root);
        String source = "{\"kernel_image_path\":\"" + kernel + "\"}";
        assertThat(api.put("boot-source", source).status()).isEqualTo(204);
        String start = "{\"action_type\":\"InstanceStart\"}";
        assertThat(api.put("actions", start).status()).isEqualTo(204);
        Await.until("the guest counts", () -> !Files.readString(path("serial")).isEmpty());
    }
}
