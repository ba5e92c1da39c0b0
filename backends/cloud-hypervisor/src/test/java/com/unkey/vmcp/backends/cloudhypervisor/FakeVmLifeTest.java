package com.unkey.vmcp.backends.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.backends.http.LinkException;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.testkit.cloudhypervisor.FakeFaults;
import com.unkey.vmcp.testkit.cloudhypervisor.InProcessServer;
import com.unkey.vmcp.testkit.microhttp.Fault;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The fake program, which also fails in all the ways that the real one does once in a while. */
class FakeVmLifeTest extends VmLifeContract {

    private FakeBench fakeBench;

    @Override
    ChBench openBench(Path root) throws IOException {
        fakeBench = FakeBench.open(root);
        return fakeBench;
    }

    /** It plays them by files. */
    @Override
    String terminals() {
        return directory().resolve("run").toString();
    }

    private FakeFaults faults() {
        return fakeBench.fakes().faults();
    }

    private static void unavailable(VmException e) {
        assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class);
    }

    @Test
    void anOldProgramIsRefusedBeforeAnythingIsStarted() throws IOException {
        CloudHypervisor old = of("v51.2");
        assertThat(old.health())
                .isInstanceOfSatisfying(
                        BackendHealth.Unhealthy.class,
                        sick -> assertThat(sick.reason()).contains("51.2 is too old"));
        LaunchPlan plan = bench().newVm();
        assertThatThrownBy(() -> old.launch(plan, () -> {}))
                .isInstanceOfSatisfying(VmException.class, FakeVmLifeTest::unavailable)
                .hasMessageContaining("51.2 is too old");
        assertThat(bench().leftBehind(plan)).isFalse();
        old.close();
    }

    @Test
    void aNewerProgramThanKnownIsTaken() throws IOException {
        CloudHypervisor newer = of("v60.1");
        try (Vmm vmm = newer.launch(bench().newVm(), () -> {})) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
        }
        newer.close();
    }

    private CloudHypervisor of(String version) throws IOException {
        return CloudHypervisor.open(
                InProcessServer.host(directory().resolve("run")),
                new CloudHypervisorSettings(
                        Optional.of(FakeBench.program(directory(), version)),
                        Optional.empty(),
                        Path.of("/nonexistent")));
    }

    @Test
    void whatAnswersIsJudgedToo() {
        faults().version("v50.0");
        LaunchPlan plan = bench().newVm();
        assertThatThrownBy(() -> launched(plan)).hasMessageContaining("50.0 is too old");
        assertThat(bench().lives(plan)).isFalse();
    }

    @Test
    void aRefusedConfigurationLeavesNoProcess() {
        faults().refuseNext("vm.create", "no such thing");
        LaunchPlan plan = bench().newVm();
        assertThatThrownBy(() -> launched(plan))
                .isInstanceOfSatisfying(VmException.class, VmLifeContract::refused)
                .hasMessage("Cloud Hypervisor refused vm.create: no such thing");
        assertThat(bench().lives(plan)).isFalse();
    }

    /** The guest lived on, so its later end has another reason. */
    @Test
    void aRebootThatWasRefusedIsNotTheReasonOfALaterPowerOff() {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            faults().refuseNext("vm.reboot", "not now");
            assertThatThrownBy(vmm::reset).hasMessageContaining("not now");
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            vmm.pressPowerButton();
            Await.until("it is off", () -> vmm.observe() instanceof Observation.PoweredOff);
            assertThat(vmm.observe())
                    .isEqualTo(new Observation.PoweredOff("the guest powered off"));
        }
    }

    /** Nothing else than the id need be known of what is to be removed. */
    @Test
    void aVmWhoseNoteIsSpoiltCanBeRemoved() throws IOException {
        LaunchPlan plan = bench().newVm();
        launched(plan).close();
        Files.writeString(RunFiles.note(bench().files(plan).directory()), "config={ spoilt\n");
        bench().restartDaemon();
        assertThatThrownBy(() -> adopted(plan))
                .isInstanceOfSatisfying(VmException.class, FakeVmLifeTest::unavailable);
        bench().hypervisor().discard(plan.shortId());
        assertThat(bench().lives(plan)).isFalse();
        assertThat(bench().leftBehind(plan)).isFalse();
    }

    @Test
    void aVmmThatDiesWhileItBootsIsToldToHaveDone() {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            faults().next("vm.boot", new Fault.CrashBefore());
            assertThatThrownBy(vmm::boot).hasMessageContaining("without a word of shutdown");
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
        }
    }

    @Test
    void anAnswerThatStopsHalfwayIsNone() {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            faults().next("vm.pause", new Fault.HalfAnswerThenEnd());
            assertThatThrownBy(vmm::pause).isInstanceOf(LinkException.class);
            assertThat(vmm.observe()).isEqualTo(new Observation.Paused());
            vmm.resume();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void aSilentVmmIsUnavailableAndNotGone() {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            faults().next("vm.info", new Fault.HalfAnswerThenSilence());
            assertThatThrownBy(vmm::observe)
                    .isInstanceOfSatisfying(VmException.class, FakeVmLifeTest::unavailable);
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void aVmmThatDiesInACallIsGone() {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            faults().next("vm.pause", new Fault.CrashAfter());
            assertThatThrownBy(vmm::pause).isInstanceOf(VmException.class);
            Await.until("it is gone", () -> vmm.observe() instanceof Observation.Gone);
        }
    }

    /** The note of the boot stands in where no event came through. */
    @Test
    void aPowerOffIsKnownForOneWithoutEvents() {
        faults().events(FakeFaults.Events.HALVED);
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            vmm.pressPowerButton();
            Await.until("it is off", () -> vmm.observe() instanceof Observation.PoweredOff);
        }
    }

    @Test
    void aVmmThatWillNotEndIsEnded() {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            faults().next("vmm.shutdown", new Fault.DelayBefore(Duration.ofSeconds(30)));
            vmm.stop();
            assertThat(bench().lives(plan)).isFalse();
        }
    }

    @Test
    void whatRefusesToShutDownIsEndedAllTheSame() {
        LaunchPlan plan = bench().newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            faults().refuseNext("vmm.shutdown", "not now");
            vmm.stop();
            assertThat(bench().lives(plan)).isFalse();
        }
    }
}
