package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
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

/** A Cloud Hypervisor program, real or a script's, started as a process. */
public final class VmmProgram implements VmmServer {

    /** What a test says that is skipped because {@link #installed()} is empty. */
    public static final String MISSING = "needs VMM binary: cloud-hypervisor is not on PATH";

    private final Process process;
    private final Path directory;

    private VmmProgram(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /** The real program: of {@code UNKEY_VMCP_CH_BINARY}, or else of PATH. */
    public static Optional<Path> installed() {
        String named = System.getenv().getOrDefault("UNKEY_VMCP_CH_BINARY", "");
        Stream<Path> candidates =
                named.isEmpty()
                        ? Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                                .map(each -> Path.of(each, "cloud-hypervisor"))
                        : Stream.of(Path.of(named));
        return candidates.filter(Files::isExecutable).findFirst();
    }

    /** Starts the program and waits until its socket is served. */
    public static VmmProgram start(Path binary, Path directory, List<String> flags)
            throws IOException {
        VmmProgram program = launch(binary, directory, flags);
        try {
            Await.until("the API is served", program::answers);
            return program;
        } catch (AssertionError e) {
            program.close();
            throw e;
        }
    }

    /** Starts the program as {@link VmmServer} says, with further flags, and waits for nothing. */
    public static VmmProgram launch(Path binary, Path directory, List<String> flags)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(binary.toString());
        command.addAll(arguments(directory, flags));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.directory(directory.toFile());
        builder.redirectErrorStream(true).redirectOutput(directory.resolve(OUTPUT).toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return new VmmProgram(builder.start(), directory);
    }

    static List<String> arguments(Path directory, List<String> flags) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--api-socket",
                                "path=" + directory.resolve(SOCKET),
                                "--event-monitor",
                                "path=" + directory.resolve(EVENTS),
                                "--log-file",
                                directory.resolve(LOG).toString(),
                                "-v"));
        arguments.addAll(flags);
        return arguments;
    }

    private boolean answers() throws IOException {
        if (!process.isAlive()) {
            return true;
        }
        try (ApiSocket api = connect()) {
            return api.get("vmm.ping").status() == 200;
        }
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public boolean alive() {
        return process.isAlive();
    }

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

    @Override
    public void close() {
        kill();
        awaitExit(Duration.ofSeconds(5));
    }
}
