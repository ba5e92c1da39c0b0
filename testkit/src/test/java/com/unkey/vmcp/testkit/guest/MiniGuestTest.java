package com.unkey.vmcp.testkit.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.guest.MiniGuest.Tail;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class MiniGuestTest {
    @TempDir Path directory;

    @Test
    void tickCountsUpFromOne() throws Exception {
        try (RunningGuest guest = RunningGuest.start(directory, "microvm", MiniGuest.tick())) {
            assertThat(guest.eventually(() -> ticks(guest).size() >= 4))
                    .as(guest::printed)
                    .isTrue();
            assertThat(ticks(guest)).startsWith("00000001", "00000002", "00000003", "00000004");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Q35", "MICROVM"})
    void powerButtonSwitchesTheMachineOff(Machine machine) throws Exception {
        MiniGuest kernel = MiniGuest.tickWithPowerButton(machine);
        try (RunningGuest guest = RunningGuest.start(directory, qemuName(machine), kernel)) {
            assertThat(guest.eventually(() -> ticks(guest).size() >= 2))
                    .as(guest::printed)
                    .isTrue();
            assertThat(guest.pressPowerButton()).contains("\"SHUTDOWN\"", "\"guest-shutdown\"");
            assertThat(guest.ended()).isTrue();
        }
    }

    @Test
    void lineIsPrintedOnceBeforeTheHalt() throws Exception {
        MiniGuest kernel = MiniGuest.line("hello\n", Tail.HALT);
        try (RunningGuest guest = RunningGuest.start(directory, "microvm", kernel)) {
            assertThat(guest.eventually(() -> guest.printed().equals("hello\n"))).isTrue();
        }
    }

    @Test
    void resetStartsTheGuestAgain() throws Exception {
        MiniGuest kernel = MiniGuest.line("again\n", Tail.RESET);
        try (RunningGuest guest = RunningGuest.start(directory, "q35", kernel)) {
            assertThat(guest.eventually(() -> guest.printed().startsWith("again\nagain\n")))
                    .isTrue();
        }
    }

    @Test
    void echoSendsBackWhatItIsTold() throws Exception {
        try (RunningGuest guest = RunningGuest.start(directory, "microvm", MiniGuest.echo());
                SocketChannel console = guest.console()) {
            RunningGuest.send(console, "ab");
            assertThat(guest.eventually(() -> guest.printed().equals("ab")))
                    .as(guest::printed)
                    .isTrue();
        }
    }

    private static List<String> ticks(RunningGuest guest) {
        String printed = guest.printed();
        return printed.substring(0, printed.lastIndexOf('\n') + 1).lines().toList();
    }

    private static String qemuName(Machine machine) {
        return switch (machine) {
            case Q35 -> "q35";
            case MICROVM -> "microvm,acpi=on";
            case CLOUD_HYPERVISOR, CLOUD_HYPERVISOR_MEMORY_HOTPLUG, FIRECRACKER ->
                    throw new IllegalArgumentException(machine + " is not QEMU's");
        };
    }
}
