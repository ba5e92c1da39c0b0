package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.testkit.firecracker.FirecrackerServer;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** VMs in a Firecracker that somebody else started, the real one or the fake. */
abstract class AttachedContract {

    private static final Operation KILL = Operation.forced(Action.SHUTDOWN);
    private static final Operation DELETE = Operation.forced(Action.DELETE);

    @TempDir private Path directory;
    private FirecrackerServer foreign;
    private ProcessHost host;
    private Firecracker hypervisor;
    private Path guest;

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

    private Path socket() {
        return directory.resolve("foreign").resolve("api.sock");
    }

    /** Firecracker takes no socket that is there. */
    private void somebodyStarts(String... flags) throws IOException {
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

    private void restartDaemon() {
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

    private LaunchPlan plan() {
        return Vms.of(guest).plan();
    }

    private LaunchPlan planWithDisk(String name) throws IOException {
        Path disk = directory.resolve(name);
        Files.write(disk, new byte[1 << 20]);
        return Vms.of(guest).disk(disk, DiskFormat.RAW, false, false).plan();
    }

    private Vmm launched(LaunchPlan plan) {
        return hypervisor.launch(plan, () -> {});
    }

    private Vmm adopted(LaunchPlan plan) {
        return ((Adoption.Living) hypervisor.adopt(plan, () -> {})).vmm();
    }

    private void shutDown(Vmm vmm) {
        vmm.pressPowerButton();
        Await.until("it is off", () -> vmm.observe() instanceof Observation.PoweredOff);
        vmm.stop();
        foreign.awaitExit(Duration.ofSeconds(5));
    }

    private String state() throws IOException {
        try (ApiSocket api = foreign.connect()) {
            return api.get("").json().path("state").asString();
        }
    }

    private JsonNode config() throws IOException {
        try (ApiSocket api = foreign.connect()) {
            return api.get("vm/config").json();
        }
    }

    private void put(String endpoint, String body) throws IOException {
        try (ApiSocket api = foreign.connect()) {
            assertThat(api.put(endpoint, body).status()).isEqualTo(204);
        }
    }

    private void patch(String endpoint, String body) throws IOException {
        try (ApiSocket api = foreign.connect()) {
            assertThat(api.request("PATCH", endpoint, body).status()).isEqualTo(204);
        }
    }

    private void somebodyConfigures() throws IOException {
        put("machine-config", "{\"vcpu_count\": 2, \"mem_size_mib\": 128, \"smt\": true}");
        put(
                "boot-source",
                "{\"kernel_image_path\": \"%s\", \"boot_args\": \"theirs\"}".formatted(guest));
        put("entropy", "{}");
    }

    private void somebodyBoots() throws IOException {
        somebodyConfigures();
        put("actions", "{\"action_type\": \"InstanceStart\"}");
    }

    private static void full(VmException e) {
        assertThat(e.failure()).isInstanceOf(VmFailure.LimitReached.class);
    }

    private void assertUnavailable(LaunchPlan plan, String... words) {
        assertThatThrownBy(() -> launched(plan))
                .hasMessageContainingAll(words)
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class));
    }

    @Test
    void isHealthyWhereItAnswers() {
        assertThat(hypervisor.health()).isInstanceOf(BackendHealth.Healthy.class);
        foreign.close();
        assertThat(hypervisor.health()).isInstanceOf(BackendHealth.Unhealthy.class);
    }

    @Test
    void aWholeLife() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
            vmm.boot();
            assertThat(state()).isEqualTo("Running");
            vmm.pause();
            assertThat(vmm.observe()).isEqualTo(new Observation.Paused());
            vmm.resume();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(vmm.sample()).isNotNull();
            Path console = Path.of(hypervisor.describe(plan).get("console_path"));
            Await.until("the guest speaks", () -> Files.readString(console).contains("00000001"));
            shutDown(vmm);
        }
        assertThat(foreign.alive()).isFalse();
    }

    @Test
    void tellsWhereItIs() throws IOException {
        LaunchPlan plan = planWithDisk("disk");
        try (Vmm vmm = launched(plan)) {
            assertThat(vmm.pid()).isNotNull();
            assertThat(hypervisor.describe(plan))
                    .containsEntry("api_socket", socket().toString())
                    .containsKeys("console_path", "metrics_path")
                    .doesNotContainKey("log_path");
            vmm.boot();
            assertThat(vmm.sample().storage()).isNotNull();
            assertThat(Path.of(hypervisor.describe(plan).get("metrics_path"))).isNotEmptyFile();
        }
    }

    @Test
    void doesNotCountWhereAnotherDoes() throws IOException {
        foreign.close();
        somebodyStarts("--metrics-path", directory.resolve("theirs").toString());
        LaunchPlan plan = planWithDisk("disk");
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(vmm.sample().storage()).isNotNull();
            assertThat(hypervisor.describe(plan)).doesNotContainKey("metrics_path");
        }
    }

    @Test
    void holdsOneVm() {
        try (Vmm vmm = launched(plan())) {
            assertThatThrownBy(() -> launched(plan()))
                    .isInstanceOfSatisfying(VmException.class, AttachedContract::full);
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
        }
    }

    @Test
    void onlyItsMakerCanEndIt() {
        try (Vmm vmm = launched(plan())) {
            assertThat(vmm.inability(DELETE)).isEmpty();
            vmm.boot();
            assertThat(vmm.inability(DELETE)).isPresent();
            assertThat(vmm.inability(KILL)).isPresent();
            assertThat(vmm.inability(Operation.of(Action.REBOOT))).isPresent();
            assertThat(vmm.inability(Operation.forced(Action.REBOOT))).isPresent();
            assertThat(vmm.inability(Operation.of(Action.SHUTDOWN))).isEmpty();
            assertThat(vmm.inability(Operation.of(Action.PAUSE))).isEmpty();
            foreign.close();
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
            assertThat(vmm.inability(DELETE)).isEmpty();
        }
    }

    @Test
    void aGuestThatResetsItselfCannotBeStartedAnew() {
        var restart = Vms.of(guest).bootOptions(Map.of("on_guest_reset", "restart"));
        assertThat(hypervisor.unsupported(restart.spec()))
                .singleElement()
                .satisfies(
                        violation ->
                                assertThat(violation.field())
                                        .isEqualTo("config.boot.boot_options.on_guest_reset"));
        assertThat(hypervisor.unsupported(Vms.of(guest).spec())).isEmpty();
    }

    @Test
    void whatSomebodyElseDoesIsTold() throws IOException {
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = hypervisor.launch(plan(), changes::incrementAndGet)) {
            vmm.boot();
            patch("vm", "{\"state\": \"Paused\"}");
            Await.until("it is told", () -> changes.get() > 0);
            assertThat(vmm.observe()).isEqualTo(new Observation.Paused());
        }
    }

    @Test
    void aProcessThatGoesIsTold() {
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = hypervisor.launch(plan(), changes::incrementAndGet)) {
            vmm.boot();
            foreign.close();
            Await.until("it is told", () -> changes.get() > 0);
            Await.until("it is gone", () -> vmm.observe() instanceof Observation.Gone);
            assertThatThrownBy(vmm::pause)
                    .isInstanceOfSatisfying(
                            VmException.class,
                            e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class));
            vmm.stop();
        }
    }

    @Test
    void theNextDaemonGoesOnWithIt() throws IOException {
        LaunchPlan plan = plan();
        Vmm first = launched(plan);
        first.boot();
        first.close();
        restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(hypervisor.strays()).isEmpty();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(vmm.inability(KILL)).isPresent();
            assertThat(vmm.inability(DELETE)).isPresent();
            vmm.pause();
            assertThat(state()).isEqualTo("Paused");
            vmm.resume();
            shutDown(vmm);
        }
    }

    @Test
    void theNextDaemonLearnsThatItHasGone() {
        LaunchPlan plan = plan();
        Vmm first = launched(plan);
        first.boot();
        first.close();
        foreign.close();
        restartDaemon();
        assertThat(hypervisor.adopt(plan, () -> {})).isInstanceOf(Adoption.Dead.class);
    }

    @Test
    void startsAgainWhereSomebodyStartsAFreshOne() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            shutDown(vmm);
        }
        assertUnavailable(plan, "once only", "fresh one");
        somebodyStarts();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(state()).isEqualTo("Running");
        }
    }

    @Test
    void doesNotStartAgainWhereAnotherGuestRuns() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            shutDown(vmm);
        }
        somebodyStarts();
        somebodyBoots();
        assertUnavailable(plan, "runs another guest");
        assertThat(hypervisor.strays()).isEmpty();
        hypervisor.discard(plan.shortId());
        assertThat(hypervisor.strays()).hasSize(1);
    }

    @Test
    void whatADeletedVmLeavesIsNotTakenIntoTheNext() throws IOException {
        LaunchPlan first = planWithDisk("first");
        try (Vmm vmm = launched(first)) {
            vmm.stop();
        }
        hypervisor.discard(first.shortId());
        assertThat(state()).isEqualTo("Not started");
        LaunchPlan without = plan();
        assertUnavailable(without, "drives/", "start a fresh one");
        hypervisor.discard(without.shortId());
        LaunchPlan second = new LaunchPlan(plan().identity(), first.definition(), 1);
        try (Vmm vmm = launched(second)) {
            vmm.boot();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void aStartThatFailsIsTriedAgain() throws IOException {
        Path broken = Files.copy(guest, directory.resolve("kernel.elf"));
        LaunchPlan plan = Vms.of(broken).plan();
        try (Vmm vmm = launched(plan)) {
            byte[] good = Files.readAllBytes(broken);
            Files.write(broken, new byte[good.length]);
            assertThatThrownBy(vmm::boot).isInstanceOf(VmException.class);
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
            Files.write(broken, good);
            vmm.boot();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void aVmThatSomebodyElseMadeIsFoundAndTakenOver() throws IOException {
        somebodyBoots();
        List<VmDefinition> strays = hypervisor.strays();
        assertThat(strays).hasSize(1);
        VmDefinition found = strays.getFirst();
        assertThat(found.spec().memoryBytes()).isEqualTo(128 * Vms.MIB);
        assertThat(found.spec().cpu().orElseThrow().count()).isEqualTo(2);
        assertThat(found.files().kernel()).isEqualTo(guest);
        LaunchPlan plan = new LaunchPlan(plan().identity(), found, 1);
        try (Vmm vmm = adopted(plan)) {
            assertThat(hypervisor.strays()).isEmpty();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(vmm.sample()).isNotNull();
            assertThat(hypervisor.describe(plan))
                    .containsKey("api_socket")
                    .doesNotContainKeys("console_path", "metrics_path", "log_path");
            assertThatThrownBy(() -> launched(plan()))
                    .isInstanceOfSatisfying(VmException.class, AttachedContract::full);
            shutDown(vmm);
        }
    }

    @Test
    void aVmThatWasFoundIsMadeAgainWithAllThatItsMakerAskedFor() throws IOException {
        somebodyBoots();
        LaunchPlan plan = new LaunchPlan(plan().identity(), hypervisor.strays().getFirst(), 1);
        try (Vmm vmm = adopted(plan)) {
            shutDown(vmm);
        }
        somebodyStarts();
        restartDaemon();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(config().path("entropy").isObject()).isTrue();
            assertThat(config().path("boot-source").path("boot_args").asString())
                    .isEqualTo("theirs");
        }
    }

    @Test
    void whatSomebodyElseHasNotStartedIsNoVmYet() throws IOException {
        somebodyConfigures();
        assertThat(hypervisor.strays()).isEmpty();
        assertUnavailable(plan(), "entropy");
    }

    @Test
    void anotherVmInItsPlaceIsNotTakenForIt() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            foreign.close();
            somebodyStarts();
            somebodyBoots();
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
            vmm.stop();
            assertThat(state()).isEqualTo("Running");
        }
        hypervisor.discard(plan.shortId());
        assertThat(hypervisor.strays()).hasSize(1);
    }

    @Test
    void theSameVmInAnotherProcessIsAnother() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            foreign.close();
            somebodyStarts();
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
        }
    }
}
