package com.unkey.vmcp.core.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmState.Kind;
import com.unkey.vmcp.testkit.process.Await;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A guest that asks to be started anew, of a VMM that cannot do it. */
class GuestResetTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void itIsStartedAnewAndStaysRunning() {
        rig.createAndBoot("a");
        Instant booted = rig.record("a").state().booted().orElseThrow();
        rig.vmm("a").resetGuest();

        Await.until("the second start", () -> rig.vmm("a").boots() == 2);
        Await.until("no intent", () -> rig.record("a").intent().isEmpty());
        assertThat(rig.record("a").state().kind()).isEqualTo(Kind.RUNNING);
        assertThat(rig.record("a").state().booted().orElseThrow()).isAfter(booted);
    }

    @Test
    void theNextDaemonStartsItAnew() {
        rig.createAndBoot("a");
        rig.plane.close();
        rig.vmm("a").resetGuest();
        rig.crash();

        Await.until("the second start", () -> rig.vmm("a").boots() == 2);
        rig.awaitState("a", Kind.RUNNING);
    }

    @Test
    void aShutdownThatWaitsTakesItForTheEnd() {
        rig.hypervisor.guestsObey(false);
        rig.createAndBoot("a");
        CompletableFuture<Kind> shutdown = rig.submit("a", Operation.of(Action.SHUTDOWN), Rig.LONG);
        Await.until("the button", () -> rig.vmm("a").powerPresses() == 1);
        rig.vmm("a").resetGuest();

        assertThat(Rig.get(shutdown)).isEqualTo(Kind.SHUTDOWN);
        assertThat(rig.hypervisor.livingCount()).isZero();
    }

    @Test
    void oneThatCannotBeStartedAnewIsShutDown() {
        rig.createAndBoot("a");
        rig.hypervisor.faults().failNext("reset");
        rig.vmm("a").resetGuest();

        rig.awaitState("a", Kind.SHUTDOWN);
        assertThat(rig.record("a").lastExit().orElseThrow()).contains("reset");
        assertThat(rig.hypervisor.livingCount()).isZero();
    }
}
