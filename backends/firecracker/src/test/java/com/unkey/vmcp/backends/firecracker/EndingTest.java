package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndingTest {

    private static final String TIME = "2026-01-31T10:00:00.123456789 ";

    @TempDir private Path directory;

    private Ending of(OptionalInt code, String log, String errors) throws IOException {
        LaunchPlan plan = Vms.of(Path.of("/k")).plan();
        RunFiles files = RunFiles.of(directory, plan);
        Path file = Files.writeString(directory.resolve("fc.log"), log);
        Files.writeString(files.errors(), errors);
        Place place =
                new Place(
                        List.of(),
                        file,
                        file,
                        file,
                        UnaryOperator.identity(),
                        UnaryOperator.identity(),
                        Optional.empty());
        return Ending.of(code, "nobody watched how", file, new Words(plan, files, place));
    }

    private static String logged(String thread, String level, String text) {
        return "%s[id:%s:%s] %s\n".formatted(TIME, thread, level, text);
    }

    private static final String DONE =
            logged("main", "INFO", "Firecracker exiting successfully. exit_code=0");

    @Test
    void zeroIsAGuestThatResetItself() throws IOException {
        assertThat(of(OptionalInt.of(0), DONE, "")).isEqualTo(new Ending.GuestReset());
        assertThat(of(OptionalInt.of(0), "", "")).isEqualTo(new Ending.GuestReset());
    }

    @Test
    void theLogTellsTheCodeWhereNobodyElseCan() throws IOException {
        assertThat(of(OptionalInt.empty(), DONE, "")).isEqualTo(new Ending.GuestReset());
        assertThat(
                        of(
                                OptionalInt.empty(),
                                logged(
                                        "main",
                                        "ERROR",
                                        "Firecracker exiting with error. exit_code=148"),
                                ""))
                .isEqualTo(
                        new Ending.Lost(
                                "Firecracker ended, exit code 148: a system call that its seccomp"
                                        + " filter forbids: Firecracker exiting with error."
                                        + " exit_code=148"));
        assertThat(of(OptionalInt.empty(), logged("main", "INFO", "Running"), ""))
                .isEqualTo(new Ending.Lost("Firecracker ended, nobody watched how"));
    }

    @Test
    void aVcpuThatFailedIsNoResetWhateverTheCode() throws IOException {
        String crash = logged("fc_vcpu 0", "ERROR", "Unexpected exit reason on vcpu run: Shutdown");
        assertThat(of(OptionalInt.of(0), crash + DONE, ""))
                .isEqualTo(
                        new Ending.Lost(
                                "Firecracker ended: the guest crashed: Unexpected exit reason on"
                                        + " vcpu run: Shutdown"));
    }

    /** One that hung then was killed and could not say more. */
    @Test
    void aGuestThatEndedIsTheEndOfItsProcess() throws IOException {
        String stopping = logged("main", "INFO", "Vmm is stopping.");
        assertThat(of(OptionalInt.empty(), stopping, "")).isEqualTo(new Ending.GuestReset());
    }

    /** Calls that were refused are errors in the log, and no fault of the guest's. */
    @Test
    void otherErrorsInTheLogDoNotMakeACrash() throws IOException {
        String refused = logged("fc_api", "ERROR", "Received Error. Status code: 400");
        assertThat(of(OptionalInt.of(0), refused + DONE, "")).isEqualTo(new Ending.GuestReset());
    }

    @ParameterizedTest
    @CsvSource({
        "1, guest crashed",
        "134, a fault of its own",
        "137, killed by signal 9",
        "139, killed by signal 11",
        "149, SIGBUS",
        "77, exit code 77",
    })
    void codesAreExplained(int code, String words) throws IOException {
        assertThat(of(OptionalInt.of(code), "", "thread panicked\n"))
                .isInstanceOfSatisfying(
                        Ending.Lost.class,
                        lost -> assertThat(lost.reason()).contains(words, ": thread panicked"));
    }
}
