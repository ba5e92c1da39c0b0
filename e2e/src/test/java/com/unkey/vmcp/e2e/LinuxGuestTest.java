package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A Linux guest from CreateVm to DeleteVm, and what GetVmInfo says of it on the way. */
class LinuxGuestTest {

    private static final String VM = "linux";
    private static final int DISK_BYTES = 1 << 20;

    private Bench bench;
    private VmClient client;

    @BeforeEach
    void start() {
        bench = Bench.start();
        client = bench.client();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void wholeLifecycle() {
        assertThat(client.create(VM, VmConfigs.linux()).ok().state()).isEqualTo(States.CREATED);
        assertTruthful(States.CREATED, false);
        int created = client.guest(VM).mark();
        assertThat(client.call("BootVm", VM).ok().state()).isEqualTo(States.RUNNING);
        client.guest(VM).awaitUp(created);
        assertTruthful(States.RUNNING, true);

        assertPausedGuestStandsStill();
        int mark = client.guest(VM).mark();
        assertThat(client.call("RebootVm", VM).ok().state()).isEqualTo(States.RUNNING);
        client.guest(VM).awaitUp(mark);

        assertThat(client.call("ShutdownVm", VM).ok().state()).isEqualTo(States.SHUTDOWN);
        assertTruthful(States.SHUTDOWN, false);
        assertThat(client.fact(VM, "last_exit")).contains("powered off");
        assertThat(bench.vmms()).as("VMMs of a VM that is shut down").isEmpty();

        int down = client.guest(VM).mark();
        assertThat(client.call("BootVm", VM).ok().state()).isEqualTo(States.RUNNING);
        client.guest(VM).awaitUp(down);
        client.call("DeleteVm", VM).refused("failed_precondition");
        assertThat(client.force("DeleteVm", VM).ok().body().path("success").asBoolean()).isTrue();
        client.info(VM).refused("not_found");
    }

    private void assertPausedGuestStandsStill() {
        Guest guest = client.guest(VM);
        Await.until("uptime to be told", () -> guest.uptime() >= 0);
        assertThat(client.call("PauseVm", VM).ok().state()).isEqualTo(States.PAUSED);
        assertTruthful(States.PAUSED, true);
        double paused = guest.uptime();
        assertThat(client.call("ResumeVm", VM).ok().state()).isEqualTo(States.RUNNING);
        Await.until("the guest to go on", () -> guest.uptime() > paused);
    }

    private void assertTruthful(String state, boolean metrics) {
        Await.until(
                "info of a VM that is " + state,
                () -> client.info(VM).ok().body().has("metrics") == metrics);
        JsonNode info = client.info(VM).ok().body();
        assertThat(States.of(info)).isEqualTo(state);
        JsonNode config = info.path("config");
        assertThat(config.path("memory").path("size_bytes").asString()).isEqualTo("134217728");
        assertThat(config.path("boot").path("kernel_path").asString())
                .isEqualTo(LinuxGuest.find().kernel().toString());
        assertThat(info.path("backend_info").path("vmm").asString()).isEqualTo("qemu");
        assertThat(info.path("backend_info").path("vmm_version").asString()).isNotEmpty();
        assertThat(info.path("backend_info").path("pid").asString().isEmpty())
                .isEqualTo(state.equals(States.SHUTDOWN));
        assertThat(client.states()).containsEntry(VM, state);
    }

    @Test
    void metricsAreWhatTheGuestDoes() throws Exception {
        Path disk = bench.home().files().resolve("disk.raw");
        Files.write(disk, new byte[DISK_BYTES]);
        Path console = bench.home().files().resolve("console.out");
        VmConfigs config =
                VmConfigs.linux("vmcp.read=vda", "vmcp.write=vda")
                        .withDisk("data", disk)
                        .with("console", Map.of("enabled", true, "output", console.toString()));
        client.run(VM, config);
        assertThat(client.fact(VM, "console_path")).isEqualTo(console.toString());
        Guest guest = new Guest(console);
        guest.await("vmcp-guest: wrote vda 262144", 0);
        guest.await("vmcp-guest: read vda md5", 0);

        Await.until("the counters to follow", () -> metrics("storage_stats", "bytes_read") > 0);
        assertThat(metrics("storage_stats", "bytes_read")).isGreaterThanOrEqualTo(DISK_BYTES);
        assertThat(metrics("storage_stats", "read_operations")).isPositive();
        assertThat(metrics("storage_stats", "bytes_written")).isGreaterThanOrEqualTo(262_144);
        assertThat(metrics("storage_stats", "write_operations")).isPositive();
        JsonNode metrics = info().path("metrics");
        assertThat(metrics.path("cpu_usage_percent").asDouble()).isBetween(0.01, 100.0);
        assertThat(metrics.path("memory_usage_bytes").asLong()).isGreaterThan(16 << 20);
        Await.until(
                "time to pass", () -> info().path("metrics").path("uptime_seconds").asLong() > 0);
        assertDiskHoldsWhatTheGuestWrote(disk);
        bench.killAndStartAgain();
        client = bench.client();
        Await.until("a sample", () -> metrics("storage_stats", "bytes_read") >= DISK_BYTES);
    }

    private static void assertDiskHoldsWhatTheGuestWrote(Path disk) throws IOException {
        assertThat(
                        new String(
                                Files.readAllBytes(disk),
                                0,
                                9,
                                java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("#!/bin/sh");
    }

    private JsonNode info() {
        return client.info(VM).ok().body();
    }

    private long metrics(String group, String name) {
        return info().path("metrics").path(group).path(name).asLong(0);
    }

    @Test
    void guestThatIgnoresThePowerButtonOutlastsTheTimeout() {
        client.run(VM, VmConfigs.linux("vmcp.ignore_power"));
        client.guest(VM).awaitUp(0);

        client.call("ShutdownVm", Map.of("vm_id", VM, "timeout_seconds", 1))
                .refused("deadline_exceeded");

        assertThat(client.state(VM)).isEqualTo(States.RUNNING);
        assertThat(client.force("ShutdownVm", VM).ok().state()).isEqualTo(States.SHUTDOWN);
    }

    @Test
    void guestThatPowersItselfOffIsShutDown() {
        client.run(VM, VmConfigs.linux("vmcp.halt_after=0"));
        client.awaitState(VM, States.SHUTDOWN);

        assertThat(client.fact(VM, "last_exit")).contains("powered off");
        List<Long> vmms = bench.vmms();
        assertThat(vmms).isEmpty();
    }

    /** Whatever this host can do: the guest comes up, and soon. */
    @Test
    void acceleratorIsFoundOut() {
        bench.close();
        bench = Bench.start(Home.make().with("QEMU_ACCEL", "auto"), DaemonProcess.Program.PACKAGE);
        client = bench.client();

        client.run(VM, VmConfigs.linux());
        client.guest(VM).awaitUp(0);

        assertThat(client.fact(VM, "accelerator")).isIn("kvm", "tcg");
    }
}
