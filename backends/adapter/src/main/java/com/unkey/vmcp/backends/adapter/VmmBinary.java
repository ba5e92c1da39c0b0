package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;

/**
 * Finds a VMM's program and asks it once what it is; again only when the file changes, as an
 * upgrade does. Thread-safe.
 */
public final class VmmBinary {

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final int MAX_OUTPUT_BYTES = 1 << 20;

    private final VmmProgram program;
    private final Optional<Path> named;
    private final String searchPath;
    private Optional<Found> known = Optional.empty();

    /**
     * @param named the program that the operator named, instead of the one on the path
     * @param searchPath directories with colons between, as in PATH
     */
    public VmmBinary(VmmProgram program, Optional<Path> named, String searchPath) {
        this.program = program;
        this.named = named;
        this.searchPath = searchPath;
    }

    /** Looks on the daemon's own PATH. Does not look yet. */
    public static VmmBinary onPath(VmmProgram program, Optional<Path> named) {
        return new VmmBinary(program, named, Optional.ofNullable(System.getenv("PATH")).orElse(""));
    }

    /**
     * A program that can be started. Another one, or the same after an upgrade, is not equal.
     *
     * @param path absolute
     */
    public record Found(Path path, String version, FileTime modified) {}

    /**
     * The program as it is now, mostly from memory.
     *
     * @throws VmException unavailable where there is none, with what to install or set
     */
    public synchronized Found find() {
        Path path = locate();
        FileTime modified = modified(path);
        Optional<Found> same =
                known.filter(
                        found -> found.path().equals(path) && found.modified().equals(modified));
        if (same.isPresent()) {
            return same.get();
        }
        Found found = new Found(path, version(path), modified);
        known = Optional.of(found);
        return found;
    }

    /** Whether there is a program at all, of whatever version. */
    public boolean isThere() {
        return look().isPresent();
    }

    private Path locate() {
        return look().orElseThrow(this::absent);
    }

    private Optional<Path> look() {
        return named.isPresent()
                ? executable(named.get())
                : Arrays.stream(searchPath.split(":"))
                        .filter(directory -> directory.startsWith("/"))
                        .flatMap(
                                directory ->
                                        executable(Path.of(directory, program.fileName())).stream())
                        .findFirst();
    }

    private VmException absent() {
        String why =
                named.map(
                                path ->
                                        "%s names %s, which is no executable"
                                                .formatted(program.variable(), path))
                        .orElseGet(
                                () ->
                                        "no %s on PATH; %s or set %s"
                                                .formatted(
                                                        program.fileName(),
                                                        program.remedy(),
                                                        program.variable()));
        return VmException.unavailable(program.title() + " is not there: " + why);
    }

    private static Optional<Path> executable(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path)
                ? Optional.of(path.toAbsolutePath())
                : Optional.empty();
    }

    private FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw VmException.unavailable(
                    "%s cannot be looked at: %s".formatted(program.title(), path.getFileName()), e);
        }
    }

    private String version(Path path) {
        Matcher matcher = program.version().matcher(ask(path, "--version"));
        if (!matcher.find()) {
            throw VmException.unavailable(
                    "%s is no %s: --version tells no version"
                            .formatted(path.getFileName(), program.title()));
        }
        return matcher.group(1);
    }

    /**
     * Runs the program and returns what it prints, both streams together, cut at 1 MiB.
     *
     * @throws VmException unavailable where it cannot be run or does not end within 5 seconds
     */
    public String ask(Path path, String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of(path.toString()));
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().clear();
            return output(builder.start());
        } catch (IOException e) {
            throw VmException.unavailable("%s cannot be run".formatted(path.getFileName()), e);
        }
    }

    private String output(Process process) throws IOException {
        process.getOutputStream().close();
        var output = new CompletableFuture<String>();
        Thread.ofVirtual().name("vmm-question").start(() -> read(process, output));
        try {
            return output.get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw VmException.unavailable(program.title() + " does not say what it is", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VmException.unavailable(
                    "interrupted while %s was asked what it is".formatted(program.title()), e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void read(Process process, CompletableFuture<String> output) {
        try (var stream = process.getInputStream()) {
            byte[] bytes = stream.readNBytes(MAX_OUTPUT_BYTES);
            output.complete(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            output.completeExceptionally(e);
        }
    }
}
