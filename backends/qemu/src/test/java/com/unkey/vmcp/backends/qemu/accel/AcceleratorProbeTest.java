package com.unkey.vmcp.backends.qemu.accel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AcceleratorProbeTest {
    private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");

    private static final ProbeLimits PATIENT =
            new ProbeLimits(Duration.ofSeconds(20), Duration.ofSeconds(10));

    @TempDir Path directory;

    private final Set<ProcessHandle> before =
            ProcessHandle.current().descendants().collect(Collectors.toSet());

    /** Holds for every run, whatever came of it. */
    @AfterEach
    void nothingIsLeftBehind() {
        assertThat(scratch()).doesNotExist();
        assertThat(
                        ProcessHandle.current()
                                .descendants()
                                .filter(child -> !before.contains(child))
                                .filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    /**
     * The guest asks for nothing that a working machine does not do: so a failure under KVM means
     * something.
     */
    @ParameterizedTest
    @ValueSource(strings = {"q35", "microvm", "microvm,acpi=on,pcie=off", "pc"})
    void allStagesPassWhereLinuxRuns(String machine) throws Exception {
        assertThat(probe(QEMU, machine, PATIENT).run(Accelerator.TCG))
                .isInstanceOf(Verdict.Fit.class);
    }

    /** Other tests may keep every CPU busy meanwhile, hence more than one attempt. */
    @ParameterizedTest
    @ValueSource(strings = {"q35", "microvm"})
    void soundRunStaysWithinTheLimits(String machine) throws Exception {
        Verdict verdict = new Verdict.Undecided("start", "no attempt yet");
        for (int attempt = 0; attempt < 5 && verdict instanceof Verdict.Undecided; attempt++) {
            verdict = probe(QEMU, machine, ProbeLimits.DEFAULT).run(Accelerator.TCG);
        }
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Fit.class,
                        fit -> assertThat(fit.took()).isLessThan(Duration.ofSeconds(3)));
    }

    @Test
    void refusedStartCarriesTheWordsOfQemu() throws Exception {
        Verdict verdict =
                probe(QEMU, "q35", PATIENT).run(List.of("-accel", "tcg", "-cpu", "no-such-cpu"));
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Undecided.class,
                        undecided ->
                                assertThat(undecided.reason())
                                        .contains(
                                                "before the guest's first stage",
                                                "QEMU ended with status 1",
                                                "no-such-cpu"));
    }

    @Test
    void qemuThatAbortsIsUnfit() throws Exception {
        Path qemu =
                SimulatedQemu.script(
                        directory, "QEMU 0", "echo 'cannot set a register'; kill -ABRT $$");
        assertThat(unfit(probe(qemu, "q35", PATIENT).run(Accelerator.KVM)))
                .contains("QEMU ended with status 134", "cannot set a register");
    }

    @Test
    void directoryMayHaveCommasAndSpaces() throws Exception {
        Path odd = Files.createDirectory(directory.resolve("state, of the daemon"));
        AcceleratorProbe probe =
                new AcceleratorProbe(QEMU, "microvm", odd.resolve("probe"), PATIENT);
        assertThat(probe.run(Accelerator.TCG)).isInstanceOf(Verdict.Fit.class);
    }

    @Test
    void stageOfAGuestThatCrashesIsNamed() throws Exception {
        Verdict verdict =
                probe(QEMU, "microvm", PATIENT).run(List.of("-accel", "tcg", "-cpu", "qemu64,-lm"));
        assertThat(unfit(verdict)).contains("at stage cpuid32");
    }

    @Test
    void binaryThatIsMissingIsNoVerdict() {
        AcceleratorProbe probe = probe(directory.resolve("none"), "q35", ProbeLimits.DEFAULT);
        assertThatThrownBy(() -> probe.run(Accelerator.KVM))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none");
    }

    @Test
    void silentIdleGuestIsUndecidedAtTheDeadlineAndKilled() throws Exception {
        Path qemu = SimulatedQemu.script(directory, "QEMU 0", "exec sleep 60");
        ProbeLimits limits = new ProbeLimits(Duration.ofMillis(300), Duration.ofSeconds(5));
        long start = System.nanoTime();
        Verdict verdict = probe(qemu, "q35", limits).run(Accelerator.KVM);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Undecided.class,
                        undecided -> assertThat(undecided.stage()).isEqualTo("start"));
    }

    @Test
    void guestThatBurnsItsCpuTimeIsUnfitBeforeTheDeadline() throws Exception {
        Path qemu = SimulatedQemu.script(directory, "QEMU 0", "while :; do :; done");
        ProbeLimits limits = new ProbeLimits(Duration.ofSeconds(20), Duration.ofMillis(200));
        assertThat(unfit(probe(qemu, "q35", limits).run(Accelerator.KVM)))
                .contains("200 ms of CPU time");
    }

    @Test
    void guestThatKvmGaveUpIsNotWaitedFor() throws Exception {
        Path qemu =
                SimulatedQemu.script(
                        directory,
                        "QEMU 0",
                        "echo 'KVM internal error. Suberror: 1' >&2; exec sleep 60");
        ProbeLimits limits = new ProbeLimits(Duration.ofSeconds(20), Duration.ofSeconds(20));
        assertThat(unfit(probe(qemu, "q35", limits).run(Accelerator.KVM))).contains("Suberror: 1");
    }

    @Test
    void interruptedProbeEndsItsProcess() throws Exception {
        Path qemu = SimulatedQemu.script(directory, "QEMU 0", "exec sleep 60");
        AcceleratorProbe probe = probe(qemu, "q35", ProbeLimits.DEFAULT);
        Thread caller = Thread.ofPlatform().start(() -> runQuietly(probe));
        caller.interrupt();
        assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void leftoversOfAKilledRunAreCleared() throws Exception {
        Files.createDirectories(scratch());
        Files.writeString(scratch().resolve("serial"), "vmcp-probe 1\ndone\n");
        Path qemu = SimulatedQemu.script(directory, "QEMU 0", "exit 3");
        assertThat(unfit(probe(qemu, "q35", ProbeLimits.DEFAULT).run(Accelerator.KVM)))
                .contains("status 3");
    }

    private static void runQuietly(AcceleratorProbe probe) {
        try {
            probe.run(Accelerator.KVM);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private AcceleratorProbe probe(Path qemu, String machine, ProbeLimits limits) {
        return new AcceleratorProbe(qemu, machine, scratch(), limits);
    }

    private Path scratch() {
        return directory.resolve("probe");
    }

    private static String unfit(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Unfit.class);
        return ((Verdict.Unfit) verdict).reason();
    }
}
