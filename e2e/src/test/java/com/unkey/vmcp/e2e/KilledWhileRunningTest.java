package com.unkey.vmcp.e2e;

import com.unkey.vmcp.core.port.FailPoints.Point;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.e2e.KillCase.Row;
import com.unkey.vmcp.e2e.KillCase.Trap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** The daemon is killed in the middle of calls to a VM that stays alive. */
class KilledWhileRunningTest {

    private static final KillRigs RIGS = new KillRigs();

    @AfterAll
    static void nothingIsLeft() {
        RIGS.close();
    }

    @TestFactory
    Stream<DynamicContainer> pause() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm"),
                                "PauseVm",
                                States.RUNNING,
                                States.PAUSED,
                                Action.PAUSE)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicContainer> resume() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm", "PauseVm"),
                                "ResumeVm",
                                States.PAUSED,
                                States.RUNNING,
                                Action.RESUME)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicContainer> reboot() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm"),
                                "RebootVm",
                                States.RUNNING,
                                States.RUNNING,
                                Action.REBOOT)
                        .at(
                                new Trap(Action.REBOOT, Point.INTENT_RECORDED, 1),
                                        new Trap(Action.REBOOT, Point.INTENT_RECORDED, 2),
                                new Trap(Action.REBOOT, Point.ACTED, 1),
                                        new Trap(Action.REBOOT, Point.OUTCOME_RECORDED, 1)));
    }

    @TestFactory
    Stream<DynamicContainer> rebootWithForce() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm"),
                                "RebootVm force",
                                States.RUNNING,
                                States.RUNNING,
                                Action.REBOOT)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicContainer> rebootOfAPausedVm() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm", "PauseVm"),
                                "RebootVm force",
                                States.PAUSED,
                                States.RUNNING,
                                Action.REBOOT)
                        .everywhere());
    }
}
