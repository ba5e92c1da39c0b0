package com.unkey.vmcp.core.control;

import static com.unkey.vmcp.core.control.Refused.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState.Kind;
import com.unkey.vmcp.testkit.hypervisor.Faults;
import com.unkey.vmcp.testkit.process.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls to VMs that are there, and what happens to VMs by themselves. */
class ControlPlaneTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aVmGoesThroughItsWholeLife() {
        assertThat(rig.create("a").state().kind()).isEqualTo(Kind.CREATED);
        assertThat(rig.run("a", Action.BOOT)).isEqualTo(Kind.RUNNING);
        assertThat(rig.run("a", Action.PAUSE)).isEqualTo(Kind.PAUSED);
        assertThat(rig.run("a", Action.RESUME)).isEqualTo(Kind.RUNNING);
        assertThat(rig.run("a", Action.REBOOT)).isEqualTo(Kind.RUNNING);
        assertThat(rig.vmm("a").boots()).isEqualTo(2);
        assertThat(rig.run("a", Action.SHUTDOWN)).isEqualTo(Kind.SHUTDOWN);
        assertThat(rig.hypervisor.livingCount()).isZero();
        assertThat(rig.run("a", Action.BOOT)).isEqualTo(Kind.RUNNING);
        assertThat(rig.force("a", Action.DELETE)).isEqualTo(Kind.RUNNING);
        assertThat(rig.hypervisor.kept()).isEmpty();
        assertThat(rig.store.durable().records()).isEmpty();
    }

    @Test
    void everyAnswerIsDurableWhenItIsGiven() {
        rig.createAndBoot("a");

        assertThat(rig.store.durable().records())
                .singleElement()
                .satisfies(record -> assertThat(record.state().kind()).isEqualTo(Kind.RUNNING))
                .satisfies(record -> assertThat(record.intent()).isEmpty());
    }

    @Test
    void aRefusalNamesStateAndWayOut() {
        rig.create("a");

        assertFailure(() -> rig.run("a", Action.PAUSE), VmFailure.WrongState.class)
                .contains("PauseVm", "CREATED", "RUNNING");
        assertThat(rig.state("a")).isEqualTo(Kind.CREATED);
    }

    @Test
    void anUnknownVmIsNamed() {
        assertFailure(() -> rig.run("nobody", Action.BOOT), VmFailure.UnknownVm.class)
                .contains("nobody");
        assertFailure(() -> rig.record("nobody"), VmFailure.UnknownVm.class).contains("nobody");
    }

    @Test
    void theSameIdTwiceIsADuplicateAndTheFirstStays() {
        rig.create("a");

        assertFailure(() -> rig.create("a"), VmFailure.Duplicate.class).contains("\"a\"");
        assertThat(rig.hypervisor.livingCount()).isOne();
    }

    @Test
    void ofManyCreatesOfOneIdExactlyOneSucceeds() {
        List<CompletableFuture<VmRecord>> creates =
                IntStream.range(0, 20).mapToObj(i -> rig.plane.create(Rig.request("a"))).toList();
        Await.until("all answers", () -> creates.stream().allMatch(CompletableFuture::isDone));

        assertThat(creates.stream().filter(c -> !c.isCompletedExceptionally())).hasSize(1);
        assertThat(rig.hypervisor.livingCount()).isOne();
        assertThat(rig.plane.list(new ListQuery(Set.of(), 0, "")).totalCount()).isOne();
    }

    @Test
    void aCallThatTheBackendLacksIsRefusedBeforeAnythingHappens() {
        rig.createAndBoot("a");
        rig.hypervisor.lacks(Capability.PAUSE);
        int writes = rig.store.writes();

        assertFailure(() -> rig.run("a", Action.PAUSE), VmFailure.Unsupported.class)
                .contains("PauseVm", "PAUSE");
        assertThat(rig.store.writes()).isEqualTo(writes);
    }

    @Test
    void aStoreThatRefusesTheIntentLeavesTheVmAlone() {
        rig.createAndBoot("a");
        rig.store.failNextWrites(1, new VmFailure.LimitReached("disk full"));

        assertFailure(() -> rig.run("a", Action.PAUSE), VmFailure.LimitReached.class)
                .contains("disk full");
        assertThat(rig.state("a")).isEqualTo(Kind.RUNNING);
        assertThat(rig.run("a", Action.PAUSE)).isEqualTo(Kind.PAUSED);
    }

    @Test
    void aFailedCallLeavesTheStateAsItWas() {
        rig.createAndBoot("a");
        rig.hypervisor.faults().failNext("pause");

        assertFailure(() -> rig.run("a", Action.PAUSE), VmFailure.VmmFailed.class)
                .contains("pause");
        assertThat(rig.state("a")).isEqualTo(Kind.RUNNING);
        assertThat(rig.record("a").intent()).isEmpty();
    }

    @Test
    void aFailedBootAfterShutdownStaysShutDown() {
        rig.createAndBoot("a");
        rig.force("a", Action.SHUTDOWN);
        rig.hypervisor.faults().failNext("boot");

        assertFailure(() -> rig.run("a", Action.BOOT), VmFailure.VmmFailed.class);
        assertThat(rig.state("a")).isEqualTo(Kind.SHUTDOWN);
        assertThat(rig.hypervisor.livingCount()).isZero();
        assertThat(rig.run("a", Action.BOOT)).isEqualTo(Kind.RUNNING);
    }

    @Test
    void aGuestThatPowersItselfOffIsShutDownWithTheReason() {
        rig.createAndBoot("a");

        rig.vmm("a").powerOffGuest();

        rig.awaitState("a", Kind.SHUTDOWN);
        assertThat(rig.plane.info(new VmId("a")).backendInfo())
                .containsEntry("last_exit", "guest powered off");
        assertThat(rig.hypervisor.livingCount()).isZero();
    }

    @Test
    void aVmmThatDiesIsShutDownWithTheReason() {
        rig.createAndBoot("a");

        rig.vmm("a").crash("killed by signal 9");

        rig.awaitState("a", Kind.SHUTDOWN);
        assertThat(rig.record("a").lastExit()).contains("killed by signal 9");
    }

    @Test
    void vcpusThatSomebodyElseStoppedAreSeenAsPaused() {
        rig.createAndBoot("a");

        rig.vmm("a").pauseBehindTheBack();

        rig.awaitState("a", Kind.PAUSED);
        assertThat(rig.run("a", Action.RESUME)).isEqualTo(Kind.RUNNING);
    }

    @Test
    void aGuestThatDoesNotHeedItsButtonRunsOn() {
        rig.hypervisor.guestsObey(false);
        rig.createAndBoot("a");

        assertFailure(
                        () ->
                                Rig.get(
                                        rig.submit(
                                                "a",
                                                Operation.of(Action.SHUTDOWN),
                                                Duration.ofMillis(50))),
                        VmFailure.TooSlow.class)
                .contains("ShutdownVm");
        assertThat(rig.state("a")).isEqualTo(Kind.RUNNING);
        assertThat(rig.record("a").intent()).isEmpty();

        rig.vmm("a").powerOffGuest();
        rig.awaitState("a", Kind.SHUTDOWN);
    }

    @Test
    void whileAGracefulShutdownWaitsOnlyForceGoesAhead() {
        CompletableFuture<Kind> waiting = waitingShutdown("a");

        assertFailure(() -> rig.run("a", Action.PAUSE), VmFailure.Busy.class)
                .contains("PauseVm", "ShutdownVm");
        assertFailure(() -> rig.run("a", Action.SHUTDOWN), VmFailure.Busy.class);
        assertThat(rig.force("a", Action.SHUTDOWN)).isEqualTo(Kind.SHUTDOWN);
        assertFailure(() -> Rig.get(waiting), VmFailure.Aborted.class)
                .contains("ShutdownVm was aborted by ShutdownVm with force");
    }

    @Test
    void aForcedDeleteAbortsAWaitingShutdown() {
        CompletableFuture<Kind> waiting = waitingShutdown("a");

        rig.force("a", Action.DELETE);

        assertFailure(() -> Rig.get(waiting), VmFailure.Aborted.class);
        assertThat(rig.hypervisor.kept()).isEmpty();
    }

    @Test
    void aVmmLostDuringAGracefulShutdownIsAFailureAndShutDown() {
        CompletableFuture<Kind> waiting = waitingShutdown("a");

        rig.vmm("a").crash("exit code 1");

        assertFailure(() -> Rig.get(waiting), VmFailure.VmmFailed.class).contains("exit code 1");
        assertThat(rig.state("a")).isEqualTo(Kind.SHUTDOWN);
    }

    @Test
    void aCallerWhoLeavesTheQueueIsNotServed() {
        rig.createAndBoot("a");
        Faults.Gate gate = rig.hypervisor.faults().holdNext("pause");
        CompletableFuture<Kind> pause = rig.submit("a", Operation.of(Action.PAUSE), Rig.LONG);
        gate.awaitReached();
        CompletableFuture<Kind> queued = rig.submit("a", Operation.of(Action.RESUME), Rig.LONG);

        queued.cancel(false);
        pause.cancel(false);
        gate.open();

        rig.awaitState("a", Kind.PAUSED);
        assertThat(rig.run("a", Action.RESUME)).isEqualTo(Kind.RUNNING);
    }

    @Test
    void aFullQueueRefuses() {
        rig.createAndBoot("a");
        Faults.Gate gate = rig.hypervisor.faults().holdNext("pause");
        List<CompletableFuture<Kind>> calls = new ArrayList<>();
        calls.add(rig.submit("a", Operation.of(Action.PAUSE), Rig.LONG));
        gate.awaitReached();
        for (int i = 0; i < Limits.MAILBOX; i++) {
            calls.add(rig.submit("a", Operation.of(Action.PAUSE), Rig.LONG));
        }

        assertFailure(() -> rig.run("a", Action.PAUSE), VmFailure.LimitReached.class)
                .contains("PauseVm", "" + Limits.MAILBOX);
        gate.open();
        Await.until("all answers", () -> calls.stream().allMatch(CompletableFuture::isDone));
    }

    @Test
    void aVmThatIsHeldUpDelaysNoOther() {
        rig.createAndBoot("slow");
        rig.createAndBoot("quick");
        Faults.Gate gate = rig.hypervisor.faults().holdNext("pause");
        CompletableFuture<Kind> held = rig.submit("slow", Operation.of(Action.PAUSE), Rig.LONG);
        gate.awaitReached();

        assertThat(rig.run("quick", Action.PAUSE)).isEqualTo(Kind.PAUSED);
        assertThat(rig.state("slow")).isEqualTo(Kind.RUNNING);
        gate.open();
        assertThat(Rig.get(held)).isEqualTo(Kind.PAUSED);
    }

    @Test
    void metricsAreThereOnlyWhileTheGuestIs() {
        rig.create("a");
        assertThat(rig.plane.info(new VmId("a")).metrics()).isEmpty();
        rig.run("a", Action.BOOT);
        assertThat(rig.plane.info(new VmId("a")).metrics()).isPresent();
        assertThat(rig.plane.info(new VmId("a")).backendInfo())
                .containsKeys(
                        "vmm",
                        "vmm_version",
                        "pid",
                        "console_path",
                        "log_path",
                        "last_exit",
                        "sample_age_ms");
        rig.force("a", Action.SHUTDOWN);
        assertThat(rig.plane.info(new VmId("a")).metrics()).isEmpty();
    }

    @Test
    void aHungVmmDelaysNoInfo() {
        rig.create("a");
        rig.run("a", Action.BOOT);
        Faults.Gate gate = rig.hypervisor.faults().holdNext("sample");

        assertThat(rig.plane.info(new VmId("a")).metrics()).isEmpty();

        gate.open();
        Await.until("a sample", () -> rig.plane.info(new VmId("a")).metrics().isPresent());
    }

    @Test
    void healthIsTheBackends() {
        assertThat(rig.plane.health().healthy()).isTrue();
        rig.hypervisor.setHealth(new BackendHealth.Unhealthy("install it"));
        assertThat(rig.plane.health().reason()).contains("install it");
    }

    private CompletableFuture<Kind> waitingShutdown(String id) {
        rig.hypervisor.guestsObey(false);
        rig.createAndBoot(id);
        CompletableFuture<Kind> waiting = rig.submit(id, Operation.of(Action.SHUTDOWN), Rig.LONG);
        Await.until("the button", () -> rig.vmm(id).powerPresses() == 1);
        return waiting;
    }
}
