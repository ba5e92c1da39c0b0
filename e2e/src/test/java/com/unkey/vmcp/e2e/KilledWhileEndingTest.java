package com.unkey.vmcp.e2e;

import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.e2e.KillCase.Row;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** The daemon is killed in the middle of calls that end a VM. */
class KilledWhileEndingTest {

    private static final KillRigs RIGS = new KillRigs();

    @AfterAll
    static void nothingIsLeft() {
        RIGS.close();
    }

    @TestFactory
    Stream<DynamicContainer> shutdown() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm"),
                                "ShutdownVm",
                                States.RUNNING,
                                States.SHUTDOWN,
                                Action.SHUTDOWN)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicContainer> shutdownWithForce() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm"),
                                "ShutdownVm force",
                                States.RUNNING,
                                States.SHUTDOWN,
                                Action.SHUTDOWN)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicContainer> shutdownOfAPausedVm() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm", "PauseVm"),
                                "ShutdownVm force",
                                States.PAUSED,
                                States.SHUTDOWN,
                                Action.SHUTDOWN)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicContainer> delete() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm"),
                                "DeleteVm",
                                States.CREATED,
                                KillCase.GONE,
                                Action.DELETE)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicContainer> deleteAfterShutdown() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm", "ShutdownVm force"),
                                "DeleteVm",
                                States.SHUTDOWN,
                                KillCase.GONE,
                                Action.DELETE)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicContainer> deleteWithForce() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm"),
                                "DeleteVm force",
                                States.RUNNING,
                                KillCase.GONE,
                                Action.DELETE)
                        .everywhere());
    }
}
