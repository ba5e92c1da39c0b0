package com.unkey.vmcp.testkit.vmm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program started as a process, with no environment and no input. */
public final class StartedProgram implements RunningVmm {

    private final Process process;

    private StartedProgram(Process process) {
        this.process = process;
    }

    /**
     * Looks for an installed program.
     *
     * @param variable environment variable that names it, if that is set
     * @param name what it is called on PATH otherwise
     */
    public static Optional<Path> installed(String variable, String name) {
        String named = System.getenv().getOrDefault(variable, "");
        Stream<Path> candidates =
                named.isEmpty()
                        ? Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                                .map(each -> Path.of(each, name))
                        : Stream.of(Path.of(named));
        return candidates.filter(Files::isExecutable).findFirst();
    }

    /** Starts the program with standard output and error in one file. */
    public static StartedProgram launch(
            Path binary, Path workingDirectory, List<String> arguments, Path output)
            throws IOException {
        ProcessBuilder builder = builder(binary, workingDirectory, arguments);
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        return new StartedProgram(builder.start());
    }

    /** Starts the program with standard output and error in a file each. */
    public static StartedProgram launch(
            Path binary, Path workingDirectory, List<String> arguments, Path output, Path error)
            throws IOException {
        ProcessBuilder builder = builder(binary, workingDirectory, arguments);
        builder.redirectOutput(output.toFile()).redirectError(error.toFile());
        return new StartedProgram(builder.start());
    }

    private static ProcessBuilder builder(
            Path binary, Path workingDirectory, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(binary.toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.directory(workingDirectory.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return builder;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean alive() {
        return process.isAlive();
    }

    /** A signal that ended it counts as 128 and its number. */
    @Override
    public OptionalInt awaitExit(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
                    ? OptionalInt.of(process.exitValue())
                    : OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }

    @Override
    public void terminate() {
        process.destroy();
    }

    @Override
    public void kill() {
        process.destroyForcibly();
    }
}
