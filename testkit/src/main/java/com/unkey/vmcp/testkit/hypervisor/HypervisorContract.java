package com.unkey.vmcp.testkit.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.testkit.process.Await;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every hypervisor must do, real or not. A backend's tests extend it with a bench. */
public abstract class HypervisorContract extends HypervisorSteps {

    /** How soon a change must be told. */
    private static final Duration SOON = Duration.ofSeconds(1);

    @Test
    void isHealthy() {
        assertThat(bench.hypervisor().health()).isInstanceOf(BackendHealth.Healthy.class);
    }

    @Test
    void aLaunchedVmIsPreparedAndDoesNotRun() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = bench.hypervisor().launch(vm, HypervisorSteps::ignored)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
            assertThat(vmm.pid()).isPresent();
            staysAt(vm, 0);
        }
    }

    @Test
    void aBootedVmRuns() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(bench.starts(vm)).isEqualTo(1);
        }
    }

    @Test
    void aPausedVmStandsStillAndGoesOnWhereItWas() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            vmm.pause();
            assertThat(vmm.observe()).isEqualTo(new Observation.Paused());
            long reached = bench.progress(vm);
            staysAt(vm, reached);

            vmm.resume();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            awaitProgress(vm, reached);
            assertThat(bench.starts(vm)).isEqualTo(1);
        }
    }

    @Test
    void aGuestPowersOffAtItsButtonAndItsVmmCanBeStopped() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            vmm.pressPowerButton();
            awaitPowerOff(vmm);
            vmm.stop();
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
            assertThat(bench.lives(vm)).isFalse();
        }
    }

    @Test
    void resetStartsARunningGuestAnew() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            awaitStarts(vm, 2);
        }
    }

    @Test
    void resetStartsAPausedGuestAnew() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            vmm.pause();
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            awaitStarts(vm, 2);
        }
    }

    @Test
    void resetStartsAPoweredOffGuestAnewAndItsButtonWorksAgain() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            vmm.pressPowerButton();
            awaitPowerOff(vmm);
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            awaitStarts(vm, 2);
            vmm.pressPowerButton();
            awaitPowerOff(vmm);
        }
    }

    @Test
    void stopEndsARunningVmAndCanBeRepeated() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            vmm.stop();
            assertThat(bench.lives(vm)).isFalse();
            vmm.stop();
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
        }
    }

    @Test
    void callsToAStoppedVmmFail() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            vmm.stop();
            assertThatThrownBy(vmm::pause).isInstanceOf(VmException.class);
            assertThatThrownBy(vmm::sample).isInstanceOf(VmException.class);
        }
    }

    @Test
    void aStoppedVmCanBeLaunchedAgain() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            vmm.stop();
        }
        long reached = bench.progress(vm);
        try (Vmm vmm = bench.hypervisor().launch(vm, HypervisorSteps::ignored)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
            vmm.boot();
            awaitProgress(vm, reached);
        }
    }

    @Test
    void theNextDaemonHasFullControl() {
        LaunchPlan vm = bench.newVm();
        booted(vm).close();
        bench.restartDaemon();
        long reached = bench.progress(vm);
        try (Vmm vmm = adopted(vm, HypervisorSteps::ignored)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            awaitProgress(vm, reached);
            vmm.pause();
            assertThat(vmm.observe()).isEqualTo(new Observation.Paused());
            vmm.resume();
            vmm.reset();
            awaitStarts(vm, 2);
            assertThat(vmm.sample().memoryBytes()).isPositive();
            vmm.stop();
            assertThat(bench.lives(vm)).isFalse();
        }
    }

    @Test
    void theNextDaemonLearnsOfAPowerOffThatNobodySaw() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            vmm.pressPowerButton();
            awaitPowerOff(vmm);
        }
        bench.restartDaemon();
        try (Vmm vmm = adopted(vm, HypervisorSteps::ignored)) {
            assertThat(vmm.observe()).isInstanceOf(Observation.PoweredOff.class);
        }
    }

    @Test
    void theNextDaemonIsToldOfAPowerOff() {
        LaunchPlan vm = bench.newVm();
        booted(vm).close();
        bench.restartDaemon();
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = adopted(vm, changes::incrementAndGet)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            int before = changes.get();
            vmm.pressPowerButton();
            Await.until("a change is told", () -> changes.get() > before);
            awaitPowerOff(vmm);
        }
    }

    @Test
    void aVmmThatDiedMeanwhileIsDeadToTheNextDaemon() {
        LaunchPlan vm = bench.newVm();
        booted(vm).close();
        bench.crash(vm);
        Await.until("the VMM is dead", () -> !bench.lives(vm));
        bench.restartDaemon();
        assertThat(bench.hypervisor().adopt(vm, HypervisorSteps::ignored))
                .isInstanceOfSatisfying(
                        Adoption.Dead.class, dead -> assertThat(dead.reason()).isNotBlank());
    }

    @Test
    void aFailedLaunchLeavesNoProcess() {
        LaunchPlan vm = bench.newVmThatCannotStart();
        assertThatThrownBy(() -> bench.hypervisor().launch(vm, HypervisorSteps::ignored))
                .isInstanceOf(VmException.class);
        assertThat(bench.lives(vm)).isFalse();
    }

    @Test
    void twoVmsKnowNothingOfEachOther() {
        LaunchPlan one = bench.newVm();
        LaunchPlan other = bench.newVm();
        try (Vmm first = booted(one);
                Vmm second = booted(other)) {
            first.pause();
            assertThat(second.observe()).isEqualTo(new Observation.Running());
            first.stop();
            awaitProgress(other, bench.progress(other));
            second.pause();
            assertThat(second.observe()).isEqualTo(new Observation.Paused());
        }
    }

    @Test
    void aPowerOffIsToldSoon() {
        LaunchPlan vm = bench.newVm();
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = booted(vm, changes::incrementAndGet)) {
            vmm.pressPowerButton();
            awaitPowerOff(vmm);
            Await.until("the power-off is told", SOON, () -> changes.get() > 0);
        }
    }

    @Test
    void aKilledVmmIsToldSoonAndIsGoneWithAReason() {
        LaunchPlan vm = bench.newVm();
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = booted(vm, changes::incrementAndGet)) {
            int before = changes.get();
            bench.crash(vm);
            Await.until("the death is told", SOON, () -> changes.get() > before);
            assertThat(vmm.observe())
                    .isInstanceOfSatisfying(
                            Observation.Gone.class, gone -> assertThat(gone.reason()).isNotBlank());
            vmm.stop();
        }
    }

    @Test
    void whatAVmHasUsedNeverGetsLess() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = booted(vm)) {
            Sample first = vmm.sample();
            assertThat(first.memoryBytes()).isPositive();
            Sample second =
                    Await.value(
                            "processor time is counted",
                            () ->
                                    Optional.of(vmm.sample())
                                            .filter(
                                                    now ->
                                                            now.cpuTime().compareTo(first.cpuTime())
                                                                    > 0));
            vmm.reset();
            Sample third = vmm.sample();
            assertThat(third.cpuTime()).isGreaterThanOrEqualTo(second.cpuTime());
            assertThat(third.storage().readOperations())
                    .isGreaterThanOrEqualTo(first.storage().readOperations());
        }
    }

    @Test
    void samplesCanBeTakenWhileTheVmIsChanged() throws Exception {
        LaunchPlan vm = bench.newVm();
        AtomicInteger samples = new AtomicInteger();
        try (Vmm vmm = booted(vm)) {
            Thread sampler =
                    Thread.startVirtualThread(
                            () -> {
                                while (!Thread.currentThread().isInterrupted()) {
                                    samples.addAndGet(vmm.sample().memoryBytes() > 0 ? 1 : 0);
                                }
                            });
            for (int i = 0; i < 20; i++) {
                vmm.pause();
                vmm.resume();
            }
            Await.until("samples are taken", () -> samples.get() > 20);
            sampler.interrupt();
            assertThat(sampler.join(SOON)).isTrue();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void discardRemovesEverythingAndCanBeRepeated() {
        LaunchPlan vm = bench.newVm();
        booted(vm).close();
        bench.hypervisor().discard(vm.shortId());
        assertThat(bench.lives(vm)).isFalse();
        assertThat(bench.leftBehind(vm)).isFalse();
        bench.hypervisor().discard(vm.shortId());
    }

    @Test
    void discardWorksForTheNextDaemonToo() {
        LaunchPlan vm = bench.newVm();
        booted(vm).close();
        bench.restartDaemon();
        bench.hypervisor().discard(vm.shortId());
        assertThat(bench.lives(vm)).isFalse();
        assertThat(bench.leftBehind(vm)).isFalse();
    }

    @Test
    void describesItselfBeforeAndAfterLaunch() {
        LaunchPlan vm = bench.newVm();
        String name = bench.hypervisor().name().value();
        assertThat(bench.hypervisor().describe(vm)).containsEntry("vmm", name);
        try (Vmm vmm = bench.hypervisor().launch(vm, HypervisorSteps::ignored)) {
            assertThat(vmm.pid()).isPresent();
            assertThat(bench.hypervisor().describe(vm))
                    .containsEntry("vmm", name)
                    .containsKey("vmm_version");
        }
    }
}
