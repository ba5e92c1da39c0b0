package com.unkey.vmcp.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FakeProgramTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir Path directory;
    private Path binary;

    @BeforeEach
    void write() throws IOException {
        binary = FakeProgram.writeTo(directory);
    }

    @Test
    void tellsItsVersion() throws Exception {
        Process process = new ProcessBuilder(binary.toString(), "--version").start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("cloud-hypervisor v53.0\n");
        assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void runsAGuestThatHeedsItsButtonAndEndsWhenTold() throws Exception {
        try (VmmServer vmm = VmmProgram.start(binary, directory, List.of("--no-shutdown"));
                ApiSocket api = vmm.connect()) {
            long pid = api.get("vmm.ping").json().path("pid").asLong(0);
            boot(api);
            assertThat(Processes.threadNames(pid)).contains("vcpu0");
            assertThat(api.put("vm.power-button").status()).isEqualTo(204);
            vmm.events().await("vmm/starting", "vm/booting", "vm/booted", "vm/shutdown");
            assertThat(api.put("vmm.shutdown").status()).isEqualTo(200);
            assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(0));
            assertThat(vmm.socket()).doesNotExist();
        }
    }

    @Test
    void heedsTheTermSignal() throws Exception {
        try (VmmServer vmm = VmmProgram.start(binary, directory, List.of());
                ApiSocket api = vmm.connect()) {
            boot(api);
            vmm.terminate();
            assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(0));
            assertThat(vmm.events().names()).last().isEqualTo("vmm/shutdown");
            assertThat(vmm.socket()).doesNotExist();
        }
    }

    @Test
    void tellsAnotherVersionAndRefusesUnknownFlags() throws Exception {
        Path old = FakeProgram.writeTo(directory, "v30.2");
        try (VmmServer vmm = VmmProgram.start(old, directory, List.of());
                ApiSocket api = vmm.connect()) {
            assertThat(api.get("vmm.ping").json().path("build_version").asString())
                    .isEqualTo("v30.2");
        }
        try (VmmServer vmm = VmmProgram.launch(binary, directory, List.of("--bogus"))) {
            assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(2));
        }
    }

    private void boot(ApiSocket api) throws IOException {
        Path kernel = MiniGuest.tickWithPowerButton(Machine.CLOUD_HYPERVISOR).writeTo(directory);
        String config =
                """
                {"payload":{"kernel":"%s"},"serial":{"mode":"File","file":"serial"}}\
                """
                        .formatted(kernel);
        assertThat(api.put("vm.create", config).status()).isEqualTo(204);
        assertThat(api.put("vm.boot").status()).isEqualTo(204);
        Path serial = directory.resolve("serial");
        Await.until("the guest counts", () -> Files.readString(serial).startsWith("00000001\n"));
    }
}
