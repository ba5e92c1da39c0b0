package com.unkey.vmcp.core.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmState.Kind;
import com.unkey.vmcp.testkit.hypervisor.Faults;
import com.unkey.vmcp.testkit.process.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
                IntStream.range(0, 20)
                        .mapToObj(
                                i ->
                                        rig.plane.create(
                                                new CreateRequest("a", Rig.spec(), List.of())))
                        .toList();
        Await.until("all answers", () -> creates.stream().allMatch(CompletableFuture::isDone));

        assertThat(creates.stream().filter(c -> !c.isCompletedExceptionally())).hasSize(1);
        assertThat(rig.hypervisor.livingCount()).isOne();
        assertThat(rig.plane.list(new ListQuery(Set.of(), 0, "")).totalCount()).isOne();
    }

    @Test
    void anIdIsGeneratedWhereNoneIsGiven() {
        assertThat(rig.create("").id().value()).startsWith("generated-");
    }

    @Test
    void everythingWrongWithARequestIsSaidAtOnceAndNothingIsMade() {
        rig.host.find(List.of(new Violation("config.boot.kernel_path", "does not exist")));
        VmSpec spec =
                new VmSpec(
                        Optional.of(new VmSpec.Cpu(0, 0, Optional.empty(), Map.of())),
                        Optional.empty(),
                        Rig.spec().boot(),
                        Rig.spec().devices(),
                        Map.of());

        assertFailure(() -> rig.create("a/b", spec), VmFailure.Invalid.class)
                .contains(
                        "vm_id",
                        "config.cpu.vcpu_count",
                        "config.memory",
                        "config.boot.kernel_path");
        assertThat(rig.hypervisor.kept()).isEmpty();
        assertThat(rig.store.writes()).isZero();
    }

    @Test
    void aSpecWithoutBootNeedsADefaultKernel() {
        VmSpec spec =
                new VmSpec(
                        Rig.spec().cpu(),
                        Rig.spec().memory(),
                        Optional.empty(),
                        Rig.spec().devices(),
                        Map.of());

        assertFailure(() -> rig.create("a", spec), VmFailure.Invalid.class)
                .contains("config.boot", "UNKEY_VMCP_DEFAULT_KERNEL");

        rig.restartWithDefaultKernel("/default/kernel");
        VmRecord created = rig.create("a", spec);
        assertThat(created.definition().files().kernel()).isEqualTo(Path.of("/default/kernel"));
        assertThat(created.definition().spec().boot()).isEmpty();
    }

    @Test
    void whatTheBackendCannotDoIsRefusedByField() {
        rig.hypervisor.refuse(List.of(new Violation("config.cpu.features", "unknown: warp")));

        assertFailure(() -> rig.create("a"), VmFailure.Unsupported.class)
                .contains("config.cpu.features");
        assertThat(rig.hypervisor.kept()).isEmpty();
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
    void qcow2NeedsABackendThatReadsIt() {
        rig.hypervisor.lacks(Capability.QCOW2);
        VmSpec.Disk disk = new VmSpec.Disk("d", "/x.qcow2", false, true, "", Map.of());
        VmSpec spec =
                Rig.spec()
                        .withDevices(
                                new VmSpec.Devices(List.of(disk), List.of(), Optional.empty()));

        assertFailure(() -> rig.create("a", spec), VmFailure.Unsupported.class)
                .contains("config.storage[0].path", "qcow2");
    }

    @Test
    void aFailedCreateLeavesNothing() {
        rig.hypervisor.faults().failNext("launch");
        VmSpec.Console console = new VmSpec.Console(true, "/var/log/guest", "", "");
        VmSpec spec =
                Rig.spec()
                        .withDevices(
                                new VmSpec.Devices(List.of(), List.of(), Optional.of(console)));

        assertFailure(() -> rig.create("a", spec), VmFailure.VmmFailed.class).contains("launch");
        assertThat(rig.hypervisor.kept()).isEmpty();
        assertThat(rig.store.durable().records()).isEmpty();
        assertThat(rig.host.claimed()).isEmpty();
        assertThat(rig.create("a", spec).id()).hasToString("a");
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
    void listsGoPageByPageInOrderOfCreationOverInsertsAndDeletes() {
        for (int i = 0; i < 5; i++) {
            rig.create("vm" + i);
        }
        VmPage first = rig.plane.list(new ListQuery(Set.of(), 2, ""));
        rig.run("vm1", Action.DELETE);
        rig.run("vm2", Action.DELETE);
        rig.create("vm5");
        VmPage second = rig.plane.list(new ListQuery(Set.of(), 2, first.nextPageToken()));
        VmPage third = rig.plane.list(new ListQuery(Set.of(), 2, second.nextPageToken()));

        assertThat(ids(first)).containsExactly("vm0", "vm1");
        assertThat(first.totalCount()).isEqualTo(5);
        assertThat(ids(second)).containsExactly("vm3", "vm4");
        assertThat(ids(third)).containsExactly("vm5");
        assertThat(third.nextPageToken()).isEmpty();
    }

    @Test
    void listsAreFilteredByState() {
        rig.create("a");
        rig.createAndBoot("b");

        VmPage page = rig.plane.list(new ListQuery(Set.of(Kind.RUNNING), 0, ""));

        assertThat(ids(page)).containsExactly("b");
        assertThat(page.totalCount()).isOne();
    }

    @Test
    void pageSizesOutOfRangeAreRefused() {
        for (int size : new int[] {-1, 1001}) {
            assertFailure(
                            () -> rig.plane.list(new ListQuery(Set.of(), size, "")),
                            VmFailure.Invalid.class)
                    .contains("page_size", "" + size);
        }
    }

    @Test
    void healthIsTheBackends() {
        assertThat(rig.plane.health().healthy()).isTrue();
        rig.hypervisor.setHealth(new BackendHealth.Unhealthy("install it"));
        assertThat(rig.plane.health().reason()).contains("install it");
    }

    @Test
    void aRestartTakesOverWhatLivesWithFullControl() {
        rig.createAndBoot("a");
        rig.create("b");

        rig.restart();

        assertThat(rig.state("a")).isEqualTo(Kind.RUNNING);
        assertThat(rig.run("a", Action.PAUSE)).isEqualTo(Kind.PAUSED);
        assertThat(rig.run("b", Action.BOOT)).isEqualTo(Kind.RUNNING);
        rig.vmm("b").powerOffGuest();
        rig.awaitState("b", Kind.SHUTDOWN);
    }

    @Test
    void aRestartFindsOutWhatDiedMeanwhile() {
        rig.createAndBoot("a");
        rig.plane.close();
        rig.vmm("a").crash("gone with the host");

        rig.crash();

        assertThat(rig.state("a")).isEqualTo(Kind.SHUTDOWN);
        assertThat(rig.record("a").lastExit()).isPresent();
    }

    @Test
    void aVmmThatCannotBeReachedAtStartKeepsItsStateAndIsTriedAgain() {
        rig.createAndBoot("a");
        rig.hypervisor.faults().failNext("adopt", VmException.unavailable("no answer"));

        rig.crash();

        assertThat(rig.state("a")).isEqualTo(Kind.RUNNING);
        Await.until("the takeover", () -> rig.run("a", Action.PAUSE) == Kind.PAUSED);
    }

    @Test
    void aGracefulRebootGoesOnOverARestart() {
        rig.hypervisor.guestsObey(false);
        rig.createAndBoot("a");
        var _ = rig.submit("a", Operation.of(Action.REBOOT), Rig.LONG);
        Await.until("the button", () -> rig.vmm("a").powerPresses() == 1);

        rig.crash();
        Await.until("the button again", () -> rig.vmm("a").powerPresses() == 2);
        rig.vmm("a").powerOffGuest();

        Await.until("the second boot", () -> rig.vmm("a").boots() == 2);
        rig.awaitState("a", Kind.RUNNING);
        Await.until("no intent", () -> rig.record("a").intent().isEmpty());
    }

    @Test
    void whatBelongsToNobodyIsSweptUp() {
        ShortId orphan = new ShortId("orphan0000");
        rig.processes.leave(orphan);

        rig.restart();

        assertThat(rig.processes.list()).isEmpty();
    }

    @Test
    void aVmKeepsItsBackendThoughTheDaemonLacksIt() {
        rig.createAndBoot("a");

        assertThat(rig.record("a").identity().backend().value()).isEqualTo("fake");
    }

    private CompletableFuture<Kind> waitingShutdown(String id) {
        rig.hypervisor.guestsObey(false);
        rig.createAndBoot(id);
        CompletableFuture<Kind> waiting = rig.submit(id, Operation.of(Action.SHUTDOWN), Rig.LONG);
        Await.until("the button", () -> rig.vmm(id).powerPresses() == 1);
        return waiting;
    }

    private static List<String> ids(VmPage page) {
        return page.vms().stream().map(record -> record.id().value()).toList();
    }

    private static org.assertj.core.api.AbstractStringAssert<?> assertFailure(
            ThrowingCallable call, Class<? extends VmFailure> kind) {
        return assertThat(failure(call, kind).message());
    }

    private static VmFailure failure(ThrowingCallable call, Class<? extends VmFailure> kind) {
        VmException[] caught = new VmException[1];
        assertThatThrownBy(call).isInstanceOfSatisfying(VmException.class, e -> caught[0] = e);
        assertThat(caught[0].failure()).isInstanceOf(kind);
        return caught[0].failure();
    }
}
