package com.unkey.vmcp.backends.qemu.accel;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One QEMU of one probe. Closing it kills it.
 *
 * <p>It runs under {@code timeout} where there is one, so that it ends soon even if this JVM is
 * killed meanwhile.
 */
final class ProbeProcess implements AutoCloseable {
    /** Where QEMU has to write the guest's output, in its working directory. */
    static final String SERIAL = "serial";

    private static final Logger LOG = LoggerFactory.getLogger(ProbeProcess.class);
    private static final long GLANCE_MILLIS = 10;
    private static final Duration KILL_PATIENCE = Duration.ofMillis(250);
    private static final int MAX_LINES = 3;
    private static final int MAX_LINE = 200;

    private final Process process;
    private final Path serial;
    private final Path errors;

    private ProbeProcess(Process process, Path serial, Path errors) {
        this.process = process;
        this.serial = serial;
        this.errors = errors;
    }

    /** The command runs with the directory as its working directory. */
    static ProbeProcess start(List<String> command, Path directory, ProbeLimits limits)
            throws IOException {
        Path errors = directory.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(bounded(command, limits));
        builder.environment().clear();
        builder.directory(directory.toFile());
        builder.redirectInput(new File("/dev/null"));
        builder.redirectErrorStream(true).redirectOutput(errors.toFile());
        return new ProbeProcess(builder.start(), directory.resolve(SERIAL), errors);
    }

    private static List<String> bounded(List<String> command, ProbeLimits limits) {
        Path timeout = Path.of("/usr/bin/timeout");
        if (!Files.isExecutable(timeout)) {
            return command;
        }
        List<String> bounded = new ArrayList<>();
        bounded.add(timeout.toString());
        bounded.addAll(List.of("-s", "KILL", limits.deadline().plusSeconds(2).toSeconds() + "s"));
        bounded.addAll(command);
        return bounded;
    }

    /** Waits some milliseconds for the end; true when the process is gone. */
    boolean awaitEndBriefly() throws InterruptedException {
        return process.waitFor(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    int exitStatus() {
        return process.exitValue();
    }

    Transcript transcript() {
        return Transcript.of(textOf(serial));
    }

    /** User and system time so far, guest time included. */
    Duration cpuTime() {
        try (Stream<ProcessHandle> family =
                Stream.concat(Stream.of(process.toHandle()), process.descendants())) {
            return family.map(handle -> handle.info().totalCpuDuration().orElse(Duration.ZERO))
                    .reduce(Duration.ZERO, Duration::plus);
        }
    }

    /**
     * QEMU's own message when KVM gives up on a guest: the process stays, the guest never runs
     * again.
     */
    boolean reportedInternalError() {
        return textOf(errors).contains("KVM internal error");
    }

    /**
     * What QEMU complained of first, on one line, warnings left out and cut to a readable length;
     * else empty.
     */
    String complaint() {
        return textOf(errors)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.contains(" warning: "))
                .limit(MAX_LINES)
                .map(line -> line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE) + "…")
                .collect(Collectors.joining(" | "));
    }

    private static String textOf(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            LOG.warn("reading {} of the accelerator probe failed", file, e);
            return "";
        }
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            kill();
        } catch (InterruptedException e) {
            LOG.warn(
                    "interrupted while the accelerator probe's process {} was being killed",
                    process.pid(),
                    e);
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void kill() throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        children.forEach(
                ProcessHandle::destroyForcibly); // timeout ends by itself when its child has
        if (!children.isEmpty()
                && process.waitFor(KILL_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        if (!process.waitFor(KILL_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn(
                    "the accelerator probe's process {} has not ended after a kill", process.pid());
        }
    }
}
