package com.unkey.vmcp.core.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.Revision;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SettlementTest {

    private static final Instant BOOTED = Instant.ofEpochSecond(1_000);
    private static final Instant BEGUN = Instant.ofEpochSecond(2_000);
    private static final Instant NOW = Instant.ofEpochSecond(3_000);

    private static final VmState CREATED = new VmState.Created();
    private static final VmState RUNNING = new VmState.Running(BOOTED);
    private static final VmState PAUSED = new VmState.Paused(BOOTED);
    private static final VmState SHUTDOWN = new VmState.Shutdown("before");

    private static final Observation PREPARED = new Observation.Prepared();
    private static final Observation SEEN_RUNNING = new Observation.Running();
    private static final Observation SEEN_PAUSED = new Observation.Paused();
    private static final Observation OFF = new Observation.PoweredOff("off");
    private static final Observation RESET = new Observation.GuestReset();
    private static final Observation GONE = new Observation.Gone("gone");

    @Test
    void whatAgreesStaysAsItIs() {
        assertThat(settle(CREATED, PREPARED)).isEqualTo(new Verdict.As(CREATED));
        assertThat(settle(RUNNING, SEEN_RUNNING)).isEqualTo(new Verdict.As(RUNNING));
        assertThat(settle(PAUSED, SEEN_PAUSED)).isEqualTo(new Verdict.As(PAUSED));
    }

    @Test
    void theRecordFollowsWhatSomebodyElseDid() {
        assertThat(settle(RUNNING, SEEN_PAUSED)).isEqualTo(new Verdict.As(PAUSED));
        assertThat(settle(PAUSED, SEEN_RUNNING)).isEqualTo(new Verdict.As(RUNNING));
    }

    @Test
    void aGuestOrVmmThatEndedMeansShutdownFromEverywhere() {
        for (VmState state : List.of(CREATED, RUNNING, PAUSED)) {
            assertThat(settle(state, OFF)).isEqualTo(new Verdict.End("off"));
            assertThat(settle(state, GONE)).isEqualTo(new Verdict.End("gone"));
        }
    }

    @Test
    void aShutDownVmHoldsNoVmm() {
        for (Observation seen : List.of(PREPARED, SEEN_RUNNING, SEEN_PAUSED, RESET, GONE)) {
            assertThat(settle(SHUTDOWN, seen)).isEqualTo(new Verdict.End("before"));
        }
    }

    @Test
    void aGuestThatResetsItselfIsStartedAnew() {
        assertThat(settle(RUNNING, RESET)).isEqualTo(new Verdict.Restart());
        for (Action action : List.of(Action.BOOT, Action.PAUSE, Action.RESUME, Action.REBOOT)) {
            assertThat(settle(RUNNING, Operation.of(action), RESET))
                    .isEqualTo(new Verdict.Restart());
        }
        assertThat(settle(SHUTDOWN, Operation.of(Action.BOOT), RESET))
                .isEqualTo(new Verdict.Restart());
    }

    @Test
    void aGuestThatResetsItselfHasDoneWhatAShutdownWaitsFor() {
        assertThat(settle(RUNNING, Operation.of(Action.SHUTDOWN), RESET))
                .isEqualTo(new Verdict.End("the guest reset itself"));
        assertThat(settle(RUNNING, Operation.forced(Action.SHUTDOWN), RESET))
                .isEqualTo(new Verdict.End(Settlement.FORCED));
    }

    @ParameterizedTest
    @EnumSource(
            value = Action.class,
            names = {"CREATE", "DELETE"})
    void anOpenCreateIsUndoneAndAnOpenDeleteFinished(Action action) {
        for (Observation seen : List.of(PREPARED, SEEN_RUNNING, SEEN_PAUSED, OFF, GONE)) {
            assertThat(settle(CREATED, Operation.of(action), seen)).isEqualTo(new Verdict.Remove());
        }
    }

    @Test
    void anOpenBootIsKeptWhereTheGuestRunsAndUndoneWhereItNeverDid() {
        Operation boot = Operation.of(Action.BOOT);
        assertThat(settle(CREATED, boot, SEEN_RUNNING))
                .isEqualTo(new Verdict.As(new VmState.Running(BEGUN)));
        assertThat(settle(SHUTDOWN, boot, SEEN_RUNNING))
                .isEqualTo(new Verdict.As(new VmState.Running(BEGUN)));
        assertThat(settle(CREATED, boot, PREPARED)).isEqualTo(new Verdict.As(CREATED));
        assertThat(settle(SHUTDOWN, boot, PREPARED)).isEqualTo(new Verdict.End("before"));
        assertThat(settle(SHUTDOWN, boot, GONE)).isEqualTo(new Verdict.End("before"));
        assertThat(settle(CREATED, boot, GONE)).isEqualTo(new Verdict.End("gone"));
    }

    @Test
    void anOpenPauseOrResumeIsWhatIsSeen() {
        assertThat(settle(RUNNING, Operation.of(Action.PAUSE), SEEN_PAUSED))
                .isEqualTo(new Verdict.As(PAUSED));
        assertThat(settle(RUNNING, Operation.of(Action.PAUSE), SEEN_RUNNING))
                .isEqualTo(new Verdict.As(RUNNING));
        assertThat(settle(PAUSED, Operation.of(Action.RESUME), SEEN_RUNNING))
                .isEqualTo(new Verdict.As(RUNNING));
    }

    @Test
    void anOpenForcedShutdownIsFinished() {
        Operation shutdown = Operation.forced(Action.SHUTDOWN);
        for (Observation seen : List.of(SEEN_RUNNING, SEEN_PAUSED, OFF, GONE)) {
            assertThat(settle(RUNNING, shutdown, seen))
                    .isEqualTo(new Verdict.End(Settlement.FORCED));
        }
    }

    @Test
    void anOpenGracefulOperationGoesOnWaiting() {
        for (Action action : List.of(Action.SHUTDOWN, Action.REBOOT)) {
            assertThat(settle(RUNNING, Operation.of(action), SEEN_RUNNING))
                    .isEqualTo(new Verdict.AwaitGuest());
        }
        assertThat(settle(RUNNING, Operation.of(Action.SHUTDOWN), OFF))
                .isEqualTo(new Verdict.End("off"));
        assertThat(settle(RUNNING, Operation.of(Action.REBOOT), OFF))
                .isEqualTo(new Verdict.Restart());
        assertThat(settle(RUNNING, Operation.of(Action.REBOOT), GONE))
                .isEqualTo(new Verdict.End("gone"));
    }

    @Test
    void anOpenForcedRebootIsFinishedWhereItStoppedHalfWay() {
        Operation reboot = Operation.forced(Action.REBOOT);
        assertThat(settle(RUNNING, reboot, PREPARED)).isEqualTo(new Verdict.Start());
        assertThat(settle(RUNNING, reboot, OFF)).isEqualTo(new Verdict.Restart());
        assertThat(settle(PAUSED, reboot, SEEN_RUNNING))
                .isEqualTo(new Verdict.As(new VmState.Running(BEGUN)));
    }

    private static Verdict settle(VmState state, Observation seen) {
        return Settlement.settle(record(state, Optional.empty()), seen, NOW);
    }

    private static Verdict settle(VmState state, Operation operation, Observation seen) {
        return Settlement.settle(
                record(state, Optional.of(new Intent(operation, BEGUN))), seen, NOW);
    }

    private static VmRecord record(VmState state, Optional<Intent> intent) {
        VmSpec spec =
                new VmSpec(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        new VmSpec.Devices(List.of(), List.of(), Optional.empty()),
                        Map.of());
        GuestFiles files =
                new GuestFiles(Path.of("/kernel"), Optional.empty(), List.of(), Optional.empty());
        return new VmRecord(
                new VmIdentity(
                        new VmId("vm"),
                        new ShortId("abcdefghij"),
                        1,
                        new BackendName("any"),
                        BOOTED),
                new VmDefinition(spec, files),
                state,
                intent,
                Optional.empty(),
                Revision.first(BOOTED));
    }
}
