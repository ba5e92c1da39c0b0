package com.unkey.vmcp.core.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmState.Kind;
import com.unkey.vmcp.testkit.hypervisor.Faults;
import com.unkey.vmcp.testkit.process.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Trouble in the middle of an operation: nobody waits for ever, and the record comes to be true.
 */
class TroubleTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void anOutcomeThatCannotBeRecordedIsRecordedAsSoonAsPossible() {
        rig.create("a");
        Faults.Gate gate = rig.hypervisor.faults().holdNext("boot");
        CompletableFuture<Kind> boot = rig.submit("a", Operation.of(Action.BOOT), Rig.LONG);
        gate.awaitReached();
        rig.store.failNextWrites(2, new VmFailure.LimitReached("disk full"));
        gate.open();

        assertThatThrownBy(() -> Rig.get(boot)).hasMessage("disk full");
        rig.awaitState("a", Kind.RUNNING);
        assertThat(rig.run("a", Action.PAUSE)).isEqualTo(Kind.PAUSED);
    }

    @Test
    void nothingIsDecidedOnARecordThatIsBehind() {
        rig.create("a");
        Faults.Gate gate = rig.hypervisor.faults().holdNext("boot");
        CompletableFuture<Kind> boot = rig.submit("a", Operation.of(Action.BOOT), Rig.LONG);
        gate.awaitReached();
        CompletableFuture<Kind> pause = rig.submit("a", Operation.of(Action.PAUSE), Rig.LONG);
        rig.store.failNextWrites(2, new VmFailure.LimitReached("disk full"));
        gate.open();

        assertThatThrownBy(() -> Rig.get(boot)).hasMessage("disk full");
        assertThat(Rig.get(pause)).isEqualTo(Kind.PAUSED);
    }

    @Test
    void aGuestThatCannotBeStartedAnewIsShutDownAndItsRebootFails() {
        rig.hypervisor.guestsObey(false);
        rig.createAndBoot("a");
        CompletableFuture<Kind> reboot = rig.submit("a", Operation.of(Action.REBOOT), Rig.LONG);
        Await.until("the button", () -> rig.vmm("a").powerPresses() == 1);
        rig.hypervisor.faults().failNext("reset");
        rig.vmm("a").powerOffGuest();

        assertThatThrownBy(() -> Rig.get(reboot)).hasMessageContaining("reset");
        rig.awaitState("a", Kind.SHUTDOWN);
        assertThat(rig.record("a").lastExit().orElseThrow()).contains("reset");
        assertThat(rig.hypervisor.livingCount()).isZero();
    }

    @Test
    void aVmmThatEndsWithItsGuestNeedNotAnswerThatTheButtonIsPressed() {
        assertThat(obeyedWithoutAnAnswer("a", Action.SHUTDOWN)).isEqualTo(Kind.SHUTDOWN);
        assertThat(obeyedWithoutAnAnswer("b", Action.REBOOT)).isEqualTo(Kind.RUNNING);
        assertThat(rig.vmm("b").boots()).isEqualTo(2);
    }

    private Kind obeyedWithoutAnAnswer(String id, Action action) {
        rig.hypervisor.guestsObey(false);
        rig.createAndBoot(id);
        Faults.Gate gate = rig.hypervisor.faults().holdNext("pressPowerButton");
        rig.hypervisor.faults().failNext("pressPowerButton", VmException.unavailable("no answer"));
        CompletableFuture<Kind> reply = rig.submit(id, Operation.of(action), Rig.LONG);
        gate.awaitReached();
        rig.vmm(id).powerOffGuest();
        gate.open();
        return Rig.get(reply);
    }

    @Test
    void aButtonThatCannotBePressedIsNotWaitedFor() {
        rig.hypervisor.guestsObey(false);
        rig.createAndBoot("a");
        rig.hypervisor.faults().failNext("pressPowerButton", VmException.unavailable("no answer"));

        assertThatThrownBy(() -> rig.run("a", Action.SHUTDOWN)).hasMessage("no answer");
        assertThat(rig.record("a").intent()).isEmpty();
        assertThat(rig.run("a", Action.PAUSE)).isEqualTo(Kind.PAUSED);
    }

    @Test
    void aWaitEndsInTimeThoughTheVmmDoesNotAnswer() {
        rig.hypervisor.guestsObey(false);
        rig.createAndBoot("a");
        CompletableFuture<Kind> shutdown =
                rig.submit("a", Operation.of(Action.SHUTDOWN), Duration.ofMillis(100));
        Await.until("the button", () -> rig.vmm("a").powerPresses() == 1);
        rig.hypervisor.faults().failNext("observe", VmException.unavailable("no answer"));

        assertThatThrownBy(() -> Rig.get(shutdown))
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.TooSlow.class));
        assertThat(rig.run("a", Action.PAUSE)).isEqualTo(Kind.PAUSED);
    }

    @Test
    void aGuestThatMissedItsButtonGetsAnotherPress() {
        rig.hypervisor.guestsObeyPress(2);
        rig.createAndBoot("a");

        assertThat(rig.run("a", Action.SHUTDOWN)).isEqualTo(Kind.SHUTDOWN);
    }

    @Test
    void aDeleteThatFailsHalfWayIsFinished() {
        rig.create("a");
        rig.hypervisor.faults().failNext("discard");

        assertThatThrownBy(() -> rig.run("a", Action.DELETE)).hasMessageContaining("discard");
        Await.until("the VM to be gone", () -> rig.store.durable().records().isEmpty());
        assertThat(rig.hypervisor.kept()).isEmpty();
    }

    @Test
    void whatAVmCannotDoIsRefusedAndNothingIsTried() {
        rig.createAndBoot("a");
        rig.vmm("a").refuseForce("its VMM is somebody else's");

        for (Action action : List.of(Action.SHUTDOWN, Action.REBOOT, Action.DELETE)) {
            assertThatThrownBy(() -> rig.force("a", action))
                    .isInstanceOfSatisfying(
                            VmException.class,
                            e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unsupported.class))
                    .hasMessageContaining("its VMM is somebody else's");
        }
        assertThat(rig.record("a").intent()).isEmpty();
        assertThat(rig.state("a")).isEqualTo(Kind.RUNNING);
        assertThat(rig.run("a", Action.SHUTDOWN)).isEqualTo(Kind.SHUTDOWN);
    }

    @Test
    void anErrorOfTheAdapterIsAnsweredAndTheVmGoesOn() {
        rig.createAndBoot("a");
        rig.hypervisor.faults().failNext("pause", new IllegalStateException("a bug"));

        assertThatThrownBy(() -> rig.run("a", Action.PAUSE)).hasMessage("a bug");
        assertThat(rig.run("a", Action.PAUSE)).isEqualTo(Kind.PAUSED);
    }
}
