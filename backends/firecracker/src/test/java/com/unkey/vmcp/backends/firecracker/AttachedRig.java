package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.testkit.firecracker.FirecrackerServer;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A Firecracker that somebody else started, and daemons that are attached to it. */
abstract class AttachedRig {

    @TempDir Path directory;
    FirecrackerServer foreign;
    private ProcessHost host;
    Firecracker hypervisor;
    Path guest;

    /** Somebody else's Firecracker with its files in that directory. */
    abstract FirecrackerServer start(Path at, List<String> arguments) throws IOException;

    /** A daemon's processes below {@code root}. */
    abstract ProcessHost host(Path root);

    abstract void close(ProcessHost opened);

    @BeforeEach
    final void open() throws IOException {
        somebodyStarts();
        guest = MiniGuest.tickWithPowerButton(MiniGuest.Machine.FIRECRACKER).writeTo(directory);
        openDaemon();
    }

    final Path socket() {
        return directory.resolve("foreign").resolve("api.sock");
    }

    /** Firecracker takes no socket that is there. */
    final void somebodyStarts(String... flags) throws IOException {
        Path at = Files.createDirectories(socket().getParent());
        Files.deleteIfExists(socket());
        List<String> arguments = new ArrayList<>(List.of("--api-sock"));
        arguments.add(socket().toString());
        arguments.addAll(List.of("--log-path", at.resolve("log").toString()));
        arguments.addAll(List.of(flags));
        foreign = start(at, arguments);
        foreign.awaitApi();
    }

    private void openDaemon() {
        host = host(directory);
        hypervisor =
                Firecracker.open(
                        host,
                        new FirecrackerSettings(
                                Optional.empty(),
                                Optional.of(socket()),
                                Path.of("/nonexistent"),
                                true,
                                directory.resolve("kernels"),
                                Optional.empty()));
    }

    final void restartDaemon() {
        closeDaemon();
        openDaemon();
    }

    private void closeDaemon() {
        hypervisor.close();
        close(host);
    }

    @AfterEach
    final void end() {
        if (host != null) {
            host.list().forEach(host::discard);
            closeDaemon();
            foreign.close();
        }
    }

    final LaunchPlan plan() {
        return Vms.of(guest).plan();
    }

    final LaunchPlan planWithDisk(String name) throws IOException {
        Path disk = directory.resolve(name);
        Files.write(disk, new byte[1 << 20]);
        return Vms.of(guest).disk(disk, DiskFormat.RAW, false, false).plan();
    }

    final Vmm launched(LaunchPlan plan) {
        return hypervisor.launch(plan, () -> {});
    }

    final Vmm adopted(LaunchPlan plan) {
        return ((Adoption.Living) hypervisor.adopt(plan, () -> {})).vmm();
    }

    final void shutDown(Vmm vmm) {
        vmm.pressPowerButton();
        // A real one that is asked just then may hang.
        Await.until("it has ended", () -> !foreign.alive());
        Await.until("it is off", () -> vmm.observe() instanceof Observation.PoweredOff);
        vmm.stop();
        foreign.close();
    }

    final String state() throws IOException {
        try (ApiSocket api = foreign.connect()) {
            return api.get("").json().path("state").asString();
        }
    }

    final JsonNode config() throws IOException {
        try (ApiSocket api = foreign.connect()) {
            return api.get("vm/config").json();
        }
    }

    private void put(String endpoint, String body) throws IOException {
        try (ApiSocket api = foreign.connect()) {
            assertThat(api.put(endpoint, body).status()).isEqualTo(204);
        }
    }

    final void patch(String endpoint, String body) throws IOException {
        try (ApiSocket api = foreign.connect()) {
            assertThat(api.request("PATCH", endpoint, body).status()).isEqualTo(204);
        }
    }

    final void somebodyConfigures() throws IOException {
        put("machine-config", "{\"vcpu_count\": 2, \"mem_size_mib\": 128, \"smt\": true}");
        put(
                "boot-source",
                "{\"kernel_image_path\": \"%s\", \"boot_args\": \"theirs\"}".formatted(guest));
        put("entropy", "{}");
    }

    final void somebodyBoots() throws IOException {
        somebodyConfigures();
        put("actions", "{\"action_type\": \"InstanceStart\"}");
    }

    static void full(VmException e) {
        assertThat(e.failure()).isInstanceOf(VmFailure.LimitReached.class);
    }

    final void assertUnavailable(LaunchPlan plan, String... words) {
        assertThatThrownBy(() -> launched(plan))
                .hasMessageContainingAll(words)
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class));
    }
}
