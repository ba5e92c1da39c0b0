package com.unkey.vmcp.e2e;

import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.e2e.KillCase.Row;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The daemon is killed in the middle of calls that end a VM. */
class KilledWhileEndingTest {

    private static final KillRig RIG = new KillRig();

    @AfterAll
    static void nothingIsLeft() {
        RIG.close();
    }

    @TestFactory
    Stream<DynamicTest> shutdown() {
        return RIG.tests(
                new Row(
                                List.of("CreateVm", "BootVm"),
                                "ShutdownVm",
                                States.RUNNING,
                                States.SHUTDOWN,
                                Action.SHUTDOWN)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicTest> shutdownWithForce() {
        return RIG.tests(
                new Row(
                                List.of("CreateVm", "BootVm"),
                                "ShutdownVm force",
                                States.RUNNING,
                                States.SHUTDOWN,
                                Action.SHUTDOWN)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicTest> shutdownOfAPausedVm() {
        return RIG.tests(
                new Row(
                                List.of("CreateVm", "BootVm", "PauseVm"),
                                "ShutdownVm force",
                                States.PAUSED,
                                States.SHUTDOWN,
                                Action.SHUTDOWN)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicTest> delete() {
        return RIG.tests(
                new Row(
                                List.of("CreateVm"),
                                "DeleteVm",
                                States.CREATED,
                                KillCase.GONE,
                                Action.DELETE)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicTest> deleteAfterShutdown() {
        return RIG.tests(
                new Row(
                                List.of("CreateVm", "BootVm", "ShutdownVm force"),
                                "DeleteVm",
                                States.SHUTDOWN,
                                KillCase.GONE,
                                Action.DELETE)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicTest> deleteWithForce() {
        return RIG.tests(
                new Row(
                                List.of("CreateVm", "BootVm"),
                                "DeleteVm force",
                                States.RUNNING,
                                KillCase.GONE,
                                Action.DELETE)
                        .everywhere());
    }
}
