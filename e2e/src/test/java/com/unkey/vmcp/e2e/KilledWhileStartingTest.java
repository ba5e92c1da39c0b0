package com.unkey.vmcp.e2e;

import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.e2e.KillCase.Row;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** The daemon is killed in the middle of calls that bring a VM to life. */
class KilledWhileStartingTest {

    private static final KillRigs RIGS = new KillRigs();

    @AfterAll
    static void nothingIsLeft() {
        RIGS.close();
    }

    @TestFactory
    Stream<DynamicContainer> create() {
        return RIGS.tests(
                new Row(List.of(), "CreateVm", KillCase.GONE, States.CREATED, Action.CREATE)
                        .everywhereAndSpawned());
    }

    @TestFactory
    Stream<DynamicContainer> boot() {
        return RIGS.tests(
                new Row(List.of("CreateVm"), "BootVm", States.CREATED, States.RUNNING, Action.BOOT)
                        .everywhere());
    }

    @TestFactory
    Stream<DynamicContainer> bootAfterShutdown() {
        return RIGS.tests(
                new Row(
                                List.of("CreateVm", "BootVm", "ShutdownVm force"),
                                "BootVm",
                                States.SHUTDOWN,
                                States.RUNNING,
                                Action.BOOT)
                        .everywhereAndSpawned());
    }
}
