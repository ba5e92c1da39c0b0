package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a later daemon finds, and finishes, on the real program and on the fake. */
abstract class TakeoverContract extends VmSteps {

    @Test
    void theNextDaemonStartsAnewWhatResetItselfUnseen() throws IOException {
        LaunchPlan plan = resetting("restart").plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            becomes(vmm, Observation.GuestReset.class);
        }
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.GuestReset());
            vmm.reset();
            becomes(vmm, Observation.GuestReset.class);
        }
    }

    @Test
    void whatEndedForGoodIsDeadToTheNextDaemon() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = booted(plan)) {
            vmm.pressPowerButton();
            becomes(vmm, Observation.PoweredOff.class);
            vmm.stop();
        }
        bench.restartDaemon();
        assertThat(bench.hypervisor().adopt(plan, () -> {}))
                .isEqualTo(new Adoption.Dead("the guest powered off"));
    }

    @Test
    void theNextDaemonReadsFromTheLogHowAProcessEndedThatIsNoneOfItsOwn() {
        LaunchPlan plan = bench.newVm();
        booted(plan).close();
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            vmm.pressPowerButton();
            becomes(vmm, Observation.PoweredOff.class);
        }
    }

    /** As a daemon leaves it that is killed just before it ends the old process. */
    @Test
    void theNextDaemonFinishesAResetThatWasOnlyAnnounced() {
        resetIsFinished(LaunchNote.Stage.ENDING, true);
    }

    /** As a daemon leaves it that is killed just after that. */
    @Test
    void theNextDaemonFinishesAResetWhoseOldProcessIsGone() {
        resetIsFinished(LaunchNote.Stage.ENDING, false);
    }

    @Test
    void theNextDaemonFinishesAResetWhoseNewProcessIsNotThereYet() {
        resetIsFinished(LaunchNote.Stage.STARTING, false);
    }

    private void resetIsFinished(LaunchNote.Stage stage, boolean lives) {
        LaunchPlan plan = bench.newVm();
        booted(plan).close();
        leave(plan, stage);
        if (!lives) {
            bench.crash(plan);
            Await.until("the process is gone", () -> !bench.lives(plan));
        }
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.observe()).isInstanceOf(Observation.PoweredOff.class);
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            comesUp(plan);
            assertThat(bench.note(plan).orElseThrow().stage()).isEqualTo(LaunchNote.Stage.STANDING);
        }
    }

    private void leave(LaunchPlan plan, LaunchNote.Stage stage) {
        LaunchNote.FORMAT.save(
                bench.note(plan).orElseThrow().with(stage),
                RunFiles.note(bench.host().runDirectory(plan.shortId())));
    }

    /** As a daemon leaves it that is killed before it hears that the new guest runs. */
    @Test
    void theNextDaemonSeesThatAResetIsDone() {
        LaunchPlan plan = bench.newVm();
        booted(plan).close();
        leave(plan, LaunchNote.Stage.STARTING);
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(bench.note(plan).orElseThrow().stage()).isEqualTo(LaunchNote.Stage.STANDING);
        }
    }

    /** As a daemon leaves it that is killed while it tells a new process of its guest. */
    @Test
    void theNextDaemonDoesNotTrustAProcessThatWasToldHalf() {
        LaunchPlan plan = bench.newVm();
        launched(plan).close();
        leave(plan, LaunchNote.Stage.STARTING);
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.observe()).isInstanceOf(Observation.PoweredOff.class);
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void whatAVmHasUsedGoesOnOverResetsAndDaemons() {
        LaunchPlan plan = bench.newVm();
        Sample first;
        try (Vmm vmm = booted(plan)) {
            first = used(vmm, Duration.ZERO);
            vmm.reset();
            comesUp(plan);
        }
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.sample().cpuTime()).isGreaterThanOrEqualTo(first.cpuTime());
            Sample second = used(vmm, first.cpuTime());
            vmm.reset();
            assertThat(vmm.sample().cpuTime()).isGreaterThanOrEqualTo(second.cpuTime());
        }
    }

    private static Sample used(Vmm vmm, Duration before) {
        return Await.value(
                "processor time is counted",
                () -> Optional.of(vmm.sample()).filter(now -> now.cpuTime().compareTo(before) > 0));
    }
}
