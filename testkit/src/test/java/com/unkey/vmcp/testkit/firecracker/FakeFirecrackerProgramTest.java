package com.unkey.vmcp.testkit.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.guest.MiniGuest.Tail;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FakeFirecrackerProgramTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir Path directory;
    private Path binary;

    @BeforeEach
    void write() throws IOException {
        binary = FakeFirecrackerProgram.writeTo(directory);
    }

    @Test
    void tellsItsVersion() throws Exception {
        try (FirecrackerServer vmm =
                FirecrackerProgram.launch(binary, directory, List.of("--version"))) {
            assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(0));
            assertThat(vmm.serial()).startsWith("Firecracker v1.16.1\n\n").endsWith("code=0\n");
        }
    }

    @Test
    void runsAGuestThatHeedsCtrlAltDel() throws Exception {
        try (FirecrackerServer vmm = FirecrackerProgram.start(binary, directory, List.of());
                ApiSocket api = vmm.connect()) {
            boot(api, MiniGuest.tickWithPowerButton(Machine.FIRECRACKER));
            Await.until("the guest counts", () -> vmm.serial().startsWith("00000001\n"));
            assertThat(Processes.threadNames(vmm.pid())).contains("fc_vcpu 0");
            act(api, "SendCtrlAltDel");
            assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(0));
            assertThat(vmm.log()).endsWith("Firecracker exiting successfully. exit_code=0\n");
            assertThat(vmm.socket()).exists();
        }
    }

    @Test
    void crashOfItsGuestIsItsOwn() throws Exception {
        try (FirecrackerServer vmm = FirecrackerProgram.start(binary, directory, List.of());
                ApiSocket api = vmm.connect()) {
            boot(api, MiniGuest.line("once\n", Tail.CRASH));
            assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(1));
            assertThat(vmm.error()).contains("MicroVMStoppedWithError(GenericError)");
        }
    }

    @Test
    void signalAndUnknownFlagShowInTheExitCode() throws Exception {
        Path other = FakeFirecrackerProgram.writeTo(directory, "1.10.0");
        try (FirecrackerServer vmm = FirecrackerProgram.start(other, directory, List.of());
                ApiSocket api = vmm.connect()) {
            assertThat(api.get("").json().path("vmm_version").asString()).isEqualTo("1.10.0");
            vmm.terminate();
            assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(143));
        }
        try (FirecrackerServer vmm =
                FirecrackerProgram.launch(binary, directory, List.of("--bogus"))) {
            assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(153));
        }
    }

    private void boot(ApiSocket api, MiniGuest guest) throws IOException {
        String source = "{\"kernel_image_path\":\"" + guest.writeTo(directory) + "\"}";
        assertThat(api.put("boot-source", source).status()).isEqualTo(204);
        act(api, "InstanceStart");
    }

    private static void act(ApiSocket api, String action) throws IOException {
        String body = "{\"action_type\":\"" + action + "\"}";
        assertThat(api.put("actions", body).status()).isEqualTo(204);
    }
}
