package com.unkey.vmcp.backends.qemu.accel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs the probe guest once under an accelerator and judges what happened.
 *
 * <p>A run is one short-lived QEMU with two virtual CPUs and 32 MiB, of the machine type that real
 * VMs will have. Nothing of it is left when {@link #run} returns or throws.
 */
final class AcceleratorProbe {
    private static final String GUEST = "guest.elf";

    /** QEMU's own refusal (no memory, the device busy, options), and a kill from outside. */
    private static final Set<Integer> SAYS_LITTLE = Set.of(1, 128 + 9);

    private final Path qemu;
    private final String machine;
    private final Path scratch;
    private final ProbeLimits limits;

    /**
     * @param scratch a directory that no other probe uses; made for the run, emptied and removed
     *     after it
     */
    AcceleratorProbe(Path qemu, String machine, Path scratch, ProbeLimits limits) {
        this.qemu = qemu;
        this.machine = machine;
        this.scratch = scratch;
        this.limits = limits;
    }

    /**
     * One run with the accelerator's own arguments.
     *
     * @throws IOException when it could not be started at all, which says nothing about the
     *     accelerator
     */
    Verdict run(Accelerator accelerator) throws IOException, InterruptedException {
        return run(accelerator.arguments());
    }

    /** As {@link #run(Accelerator)} with {@code -accel} and {@code -cpu} of the caller's choice. */
    Verdict run(List<String> acceleratorArguments) throws IOException, InterruptedException {
        if (!Files.isExecutable(qemu)) {
            throw new IOException("not an executable file: " + qemu);
        }
        long start = System.nanoTime();
        try (ScratchDirectory directory = ScratchDirectory.create(scratch)) {
            Files.write(directory.path().resolve(GUEST), ProbeGuest.image());
            List<String> command = command(acceleratorArguments);
            try (ProbeProcess process = ProbeProcess.start(command, directory.path(), limits)) {
                return watch(process, start);
            }
        }
    }

    /** File names are relative to the scratch directory, whose own path may hold a comma. */
    private List<String> command(List<String> acceleratorArguments) {
        List<String> command = new ArrayList<>();
        command.add(qemu.toAbsolutePath().toString());
        command.addAll(
                List.of(
                        "-name",
                        "vmcp-probe",
                        "-no-user-config",
                        "-nodefaults",
                        "-display",
                        "none"));
        command.addAll(List.of("-M", machine, "-m", "32M", "-smp", "2", "-no-reboot"));
        command.addAll(acceleratorArguments);
        command.addAll(List.of("-serial", "file:" + ProbeProcess.SERIAL, "-kernel", GUEST));
        return command;
    }

    private Verdict watch(ProbeProcess process, long start) throws InterruptedException {
        while (true) {
            boolean ended = process.awaitEndBriefly();
            Transcript transcript = process.transcript();
            if (transcript.passed()) {
                return new Verdict.Fit(Duration.ofNanos(System.nanoTime() - start));
            }
            Optional<Verdict> verdict = judge(process, transcript, ended);
            if (verdict.isPresent()) {
                return verdict.get();
            }
            if (System.nanoTime() - start > limits.deadline().toNanos()) {
                return new Verdict.Undecided(
                        transcript.stage(),
                        at(
                                transcript,
                                "nothing more within " + limits.deadline().toMillis() + " ms",
                                process));
            }
        }
    }

    private Optional<Verdict> judge(ProbeProcess process, Transcript transcript, boolean ended) {
        if (transcript.failure().isPresent()) {
            return unfit(at(transcript, transcript.failure().get(), process));
        }
        if (ended) {
            int status = process.exitStatus();
            String reason = at(transcript, "QEMU ended with status " + status, process);
            return SAYS_LITTLE.contains(status)
                    ? Optional.of(new Verdict.Undecided(transcript.stage(), reason))
                    : unfit(reason);
        }
        if (process.reportedInternalError()) {
            return unfit(at(transcript, "QEMU stopped the guest", process));
        }
        if (process.cpuTime().compareTo(limits.cpuBudget()) > 0) {
            long budget = limits.cpuBudget().toMillis();
            return unfit(
                    at(transcript, "no end in sight after " + budget + " ms of CPU time", process));
        }
        return Optional.empty();
    }

    private static Optional<Verdict> unfit(String reason) {
        return Optional.of(new Verdict.Unfit(reason));
    }

    private static String at(Transcript transcript, String what, ProbeProcess process) {
        String place =
                transcript.lines().isEmpty()
                        ? "before the guest's first stage"
                        : "at stage " + transcript.stage();
        String words = process.complaint();
        return "probe guest: %s: %s%s"
                .formatted(place, what, words.isEmpty() ? "" : "; QEMU said: " + words);
    }
}
