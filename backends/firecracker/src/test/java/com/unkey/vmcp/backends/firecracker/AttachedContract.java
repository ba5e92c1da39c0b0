package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** VMs in a Firecracker that somebody else started, the real one or the fake. */
abstract class AttachedContract extends FoundVmContract {

    private static final Operation KILL = Operation.forced(Action.SHUTDOWN);
    private static final Operation DELETE = Operation.forced(Action.DELETE);

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
    }

    @Test
    void tellsWhereItIs() throws IOException {
        LaunchPlan plan = planWithDisk("disk");
        try (Vmm vmm = launched(plan)) {
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
                    .isInstanceOfSatisfying(VmException.class, AttachedRig::full);
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
}
