package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.backends.http.LinkException;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.testkit.firecracker.FirecrackerFaults;
import com.unkey.vmcp.testkit.firecracker.InProcessFirecracker;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.microhttp.Fault;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The fake program, which also fails in ways of the real one, and whose guest uses its devices. */
class FakeVmLifeTest extends VmLifeContract {

    private FakeBench fakeBench;

    @Override
    FcBench openBench(Path root) throws IOException {
        fakeBench = FakeBench.open(root);
        return fakeBench;
    }

    private FirecrackerFaults faults() {
        return fakeBench.fakes().faults();
    }

    private Firecracker of(String version) throws IOException {
        return Firecracker.open(
                InProcessFirecracker.host(directory().resolve("run")),
                new FirecrackerSettings(
                        Optional.of(FakeBench.program(directory(), version)),
                        Optional.empty(),
                        Path.of("/nonexistent"),
                        false,
                        directory().resolve("kernels"),
                        Optional.empty()));
    }

    @Test
    void anOldProgramIsRefusedBeforeAnythingIsStarted() throws IOException {
        Firecracker old = of("1.15.2");
        assertThat(old.health())
                .isInstanceOfSatisfying(
                        BackendHealth.Unhealthy.class,
                        sick -> assertThat(sick.reason()).contains("1.15 is too old"));
        LaunchPlan plan = bench().newVm();
        assertThatThrownBy(() -> old.launch(plan, () -> {}))
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class))
                .hasMessageContaining("1.15 is too old");
        assertThat(bench().leftBehind(plan)).isFalse();
        old.close();
    }

    @Test
    void aNoteThatCannotBeReadIsNoReasonToTellNothing() throws IOException {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            assertThat(bench().hypervisor().describe(plan)).containsKey("api_socket");
            Path note = bench().host().runDirectory(plan.shortId()).resolve("jail.note");
            Files.writeString(note, "uid=nobody");
            assertThat(bench().hypervisor().describe(plan))
                    .containsEntry("vmm", "firecracker")
                    .containsKey("vmm_version")
                    .doesNotContainKey("api_socket");
            Files.delete(note);
            vmm.stop();
        }
    }

    @Test
    void aNewerProgramThanKnownIsTaken() throws IOException {
        Firecracker newer = of("1.20.0");
        try (Vmm vmm = newer.launch(bench().newVm(), () -> {})) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
        }
        newer.close();
    }

    @Test
    void aSettingThatIsRefusedIsToldByItsFieldAndLeavesNoProcess() throws IOException {
        faults().refuseNext("PUT drives", "no such luck with the drive");
        LaunchPlan plan =
                Vms.of(bench().guest()).disk(disk("a.img"), DiskFormat.RAW, false, true).plan();
        assertThatThrownBy(() -> launched(plan))
                .hasMessage("Firecracker refused config.storage[0]: no such luck with the drive");
        assertThat(bench().lives(plan)).isFalse();
    }

    @Test
    void aStartThatIsRefusedLeavesTheVmPrepared() {
        faults().refuseNext("InstanceStart", "not now");
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            assertThatThrownBy(vmm::boot).hasMessage("Firecracker refused InstanceStart: not now");
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
            vmm.boot();
            comesUp(plan);
        }
    }

    @Test
    void aPauseThatIsRefusedIsNoEnd() {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = booted(plan)) {
            faults().refuseNext("PATCH vm", "busy");
            assertThatThrownBy(vmm::pause).hasMessage("Firecracker refused Paused: busy");
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void aResetGoesOnWhereTheLastCountersCannotBeHad() throws IOException {
        LaunchPlan plan = busy();
        try (Vmm vmm = booted(plan)) {
            Sample before = traffic(vmm, 0);
            faults().refuseNext("FlushMetrics", "no");
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(read(vmm)).isGreaterThanOrEqualTo(before.storage().bytesRead());
        }
    }

    /** A guest that uses a disk and a network interface all the time. */
    private LaunchPlan busy() throws IOException {
        Path guest = Files.copy(bench().guest(), directory().resolve("busy.elf"));
        return Vms.of(guest)
                .disk(
                        disk("a.img"),
                        DiskFormat.RAW,
                        new Disk("a.b", "/a", false, false, "", Map.of()))
                .nic(new Nic("n-1", "02:00:00:00:00:02", "tap0", "", Map.of()))
                .plan();
    }

    private static Sample traffic(Vmm vmm, long beyond) {
        return Await.value(
                "there is traffic",
                () ->
                        Optional.of(vmm.sample())
                                .filter(now -> now.storage().bytesRead() > beyond)
                                .filter(now -> now.network().bytesTransmitted() > 0));
    }

    private static long read(Vmm vmm) {
        return vmm.sample().storage().bytesRead();
    }

    @Test
    void trafficGoesOnOverResetsAndDaemonsAndBeginsAnewWithABoot() throws IOException {
        LaunchPlan plan = busy();
        long read;
        try (Vmm vmm = booted(plan)) {
            read = traffic(vmm, 0).storage().bytesRead();
            vmm.reset();
            read = traffic(vmm, read).storage().bytesRead();
        }
        bench().restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(read(vmm)).isGreaterThanOrEqualTo(read);
            vmm.stop();
        }
        try (Vmm vmm = booted(plan)) {
            assertThat(vmm.sample().storage().bytesRead()).isLessThan(read);
        }
    }

    @Test
    void whatTheGuestUsedLastIsCountedWhenItsProcessEndedByItself() throws IOException {
        LaunchPlan plan = busy();
        try (Vmm vmm = booted(plan)) {
            long read = traffic(vmm, 0).storage().bytesRead();
            vmm.pressPowerButton();
            becomes(vmm, Observation.PoweredOff.class);
            vmm.reset();
            assertThat(read(vmm)).isGreaterThanOrEqualTo(read);
        }
    }

    /** A real one that is asked something as its guest ends may wait for itself for ever. */
    @Test
    void aProcessThatHangsAtTheEndOfItsGuestIsEndedAndToldOf() throws IOException {
        LaunchPlan plan = busy();
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = bench().hypervisor().launch(plan, changes::incrementAndGet)) {
            vmm.boot();
            comesUp(plan);
            Path log = Path.of(bench().hypervisor().describe(plan).get("log_path"));
            Files.writeString(
                    log,
                    "2026-01-31T10:00:00.123456789 [id:main:INFO] Vmm is stopping.\n",
                    StandardOpenOption.APPEND);
            faults().next("FlushMetrics", new Fault.DelayBefore(Duration.ofSeconds(30)));
            assertThatThrownBy(vmm::sample).isInstanceOf(VmException.class);
            Await.until("somebody is told to look", () -> changes.get() > 0);
            assertThat(vmm.observe())
                    .isEqualTo(new Observation.PoweredOff("the guest reset itself"));
            assertThat(bench().lives(plan)).isFalse();
        }
    }

    @Test
    void aProcessThatIsOnlySlowIsLeftAlone() {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = booted(plan)) {
            faults().next("GET", new Fault.DelayBefore(Duration.ofSeconds(3)));
            assertThatThrownBy(vmm::observe).isInstanceOf(LinkException.class);
            assertThat(bench().lives(plan)).isTrue();
            Await.until("it answers again", () -> running(vmm));
        }
    }

    private static boolean running(Vmm vmm) {
        try {
            return vmm.observe().equals(new Observation.Running());
        } catch (VmException e) {
            return false;
        }
    }
}
