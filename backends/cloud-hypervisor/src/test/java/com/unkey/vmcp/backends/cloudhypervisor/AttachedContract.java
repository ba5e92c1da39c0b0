package com.unkey.vmcp.backends.cloudhypervisor;

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
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.testkit.cloudhypervisor.VmmServer;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VMs in a VMM that somebody else started, the real one or the fake. */
abstract class AttachedContract {

    @TempDir private Path directory;
    private Foreign foreign;
    private ProcessHost host;
    private CloudHypervisor hypervisor;
    private Path guest;

    /** Somebody else's VMM. */
    interface Foreign extends AutoCloseable {
        Path socket();

        void kill();

        boolean alive();

        @Override
        void close();
    }

    abstract Foreign start(Path at) throws IOException;

    /** A daemon's processes below {@code root}. */
    abstract ProcessHost host(Path root);

    abstract void close(ProcessHost opened);

    @BeforeEach
    final void open() throws IOException {
        foreign = start(directory.resolve("foreign"));
        guest =
                MiniGuest.tickWithPowerButton(MiniGuest.Machine.CLOUD_HYPERVISOR)
                        .writeTo(directory);
        openDaemon();
    }

    private void openDaemon() {
        host = host(directory);
        hypervisor =
                CloudHypervisor.open(
                        host,
                        new CloudHypervisorSettings(
                                Optional.empty(),
                                Optional.of(foreign.socket()),
                                Path.of("/nonexistent")));
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
        if (foreign != null) {
            host.list().forEach(host::discard);
            closeDaemon();
            foreign.close();
        }
    }

    private LaunchPlan plan() {
        return Vms.of(guest).plan();
    }

    private Vmm launched(LaunchPlan plan) {
        return hypervisor.launch(plan, () -> {});
    }

    private Vmm adopted(LaunchPlan plan) {
        return ((Adoption.Living) hypervisor.adopt(plan, () -> {})).vmm();
    }

    private String state() throws IOException {
        try (ApiSocket api = ApiSocket.connect(foreign.socket(), VmmServer.API)) {
            var info = api.get("vm.info");
            return info.status() == 404 ? "none" : info.json().path("state").asString();
        }
    }

    private void put(String endpoint, String body) throws IOException {
        try (ApiSocket api = ApiSocket.connect(foreign.socket(), VmmServer.API)) {
            assertThat(api.put(endpoint, body).status()).isEqualTo(204);
        }
    }

    private void somebodyBoots(Path kernel) throws IOException {
        put(
                "vm.create",
                """
                {"payload": {"kernel": "%s", "cmdline": "console=ttyS0 theirs"},
                 "memory": {"size": 134217728}, "cpus": {"boot_vcpus": 1, "max_vcpus": 2},
                 "serial": {"mode": "Null"}, "console": {"mode": "Off"}, "watchdog": true}
                """
                        .formatted(kernel));
        put("vm.boot", "");
    }

    @Test
    void isHealthyWhereItAnswers() {
        assertThat(hypervisor.health()).isInstanceOf(BackendHealth.Healthy.class);
        foreign.kill();
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
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(vmm.sample()).isNotNull();
            vmm.stop();
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
            vmm.stop();
        }
        assertThat(state()).isEqualTo("none");
        assertThat(foreign.alive()).isTrue();
        try (Vmm again = launched(plan)) {
            again.boot();
            assertThat(state()).isEqualTo("Running");
        }
    }

    @Test
    void holdsOneVm() throws IOException {
        try (Vmm vmm = launched(plan())) {
            assertThatThrownBy(() -> launched(plan()))
                    .isInstanceOfSatisfying(VmException.class, AttachedContract::full);
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
        }
    }

    private static void full(VmException e) {
        assertThat(e.failure()).isInstanceOf(VmFailure.LimitReached.class);
    }

    @Test
    void aPowerOffIsTold() {
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = hypervisor.launch(plan(), changes::incrementAndGet)) {
            vmm.boot();
            vmm.pressPowerButton();
            Await.until("it is told", () -> changes.get() > 0);
            Await.until("it is off", () -> vmm.observe() instanceof Observation.PoweredOff);
        }
    }

    @Test
    void aVmmThatGoesIsTold() {
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = hypervisor.launch(plan(), changes::incrementAndGet)) {
            vmm.boot();
            foreign.kill();
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
    void aVmmThatEndsWithItsGuestIsNoLoss() {
        try (Vmm vmm = launched(plan())) {
            vmm.boot();
            vmm.pressPowerButton();
            foreign.kill();
            Await.until("it is off", () -> vmm.observe() instanceof Observation.PoweredOff);
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
            vmm.pause();
            assertThat(state()).isEqualTo("Paused");
        }
        hypervisor.discard(plan.shortId());
        assertThat(state()).isEqualTo("none");
        assertThat(foreign.alive()).isTrue();
    }

    @Test
    void aVmThatSomebodyElseMadeIsFoundAndTakenOver() throws IOException {
        somebodyBoots(guest);
        List<VmDefinition> strays = hypervisor.strays();
        assertThat(strays).hasSize(1);
        VmDefinition found = strays.getFirst();
        assertThat(found.spec().memoryBytes()).isEqualTo(134217728);
        assertThat(found.spec().cpu().orElseThrow().limit()).isEqualTo(2);
        assertThat(found.files().kernel()).isEqualTo(guest);
        LaunchPlan plan = new LaunchPlan(plan().identity(), found, 1);
        try (Vmm vmm = adopted(plan)) {
            assertThat(hypervisor.strays()).isEmpty();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThatThrownBy(() -> launched(plan()))
                    .isInstanceOfSatisfying(VmException.class, AttachedContract::full);
            vmm.stop();
        }
        assertThat(state()).isEqualTo("none");
    }

    @Test
    void aVmThatWasFoundIsMadeAgainWithAllThatItsMakerAskedFor() throws IOException {
        somebodyBoots(guest);
        LaunchPlan plan = new LaunchPlan(plan().identity(), hypervisor.strays().getFirst(), 1);
        try (Vmm vmm = adopted(plan)) {
            vmm.stop();
        }
        restartDaemon();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            try (ApiSocket api = ApiSocket.connect(foreign.socket(), VmmServer.API)) {
                var config = api.get("vm.info").json().path("config");
                assertThat(config.path("watchdog").asBoolean()).isTrue();
                assertThat(config.path("payload").path("cmdline").asString())
                        .isEqualTo("console=ttyS0 theirs");
            }
        }
    }

    @Test
    void anotherVmInItsPlaceIsNotTakenForIt() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            put("vm.delete", "");
            somebodyBoots(guest);
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
            vmm.stop();
            assertThat(state()).isEqualTo("Running");
        }
        hypervisor.discard(plan.shortId());
        assertThat(state()).isEqualTo("Running");
        assertThat(hypervisor.strays()).hasSize(1);
        put("vm.delete", "");
    }

    @Test
    void whatIsMadeAmidALaunchIsNoStray() {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            assertThat(hypervisor.strays()).isEmpty();
            vmm.stop();
        }
        assertThat(hypervisor.strays()).isEmpty();
    }
}
