package com.unkey.vmcp.core.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmState.Kind;
import com.unkey.vmcp.testkit.process.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the next control plane makes of what the last one left. */
class TakeoverTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
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
    void aVmmThatWasNotReachedYetIsNotForgottenByForce() {
        rig.createAndBoot("a");
        rig.hypervisor.faults().failNext("adopt", VmException.unavailable("no answer"));
        rig.crash();

        assertThat(rig.force("a", Action.SHUTDOWN)).isEqualTo(Kind.SHUTDOWN);
        assertThat(rig.hypervisor.livingCount()).isZero();
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
}
