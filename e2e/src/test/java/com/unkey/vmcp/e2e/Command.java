package com.unkey.vmcp.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program of others that is run to its end.
 *
 * @param words the program and its arguments
 * @param directory where it runs
 * @param environment what it has beside the environment of the tests
 */
record Command(List<String> words, Path directory, Map<String, String> environment) {

    /** How it ended; its output and its error output in one. */
    record Result(int code, String output) {}

    static Command in(Path directory, String... words) {
        return new Command(List.of(words), directory, Map.of());
    }

    Command with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Command(words, directory, more);
    }

    Command and(String... arguments) {
        List<String> more = new ArrayList<>(words);
        more.addAll(List.of(arguments));
        return new Command(more, directory, environment);
    }

    /** Runs it where it is there; empty where this machine has no such program. */
    Optional<Result> tryRun(Duration limit) {
        Path output = temporaryFile();
        try {
            Process process = start(output.toFile());
            return process == null ? Optional.empty() : Optional.of(end(process, limit, output));
        } finally {
            output.toFile().delete();
        }
    }

    Result run(Duration limit) {
        return tryRun(limit).orElseThrow(() -> new AssertionError("not there: " + words));
    }

    /** Runs it and insists on exit code 0; its output is the answer. */
    String succeed(Duration limit) {
        Result result = run(limit);
        if (result.code() != 0) {
            throw new AssertionError(words + " ended with " + result);
        }
        return result.output();
    }

    private @Nullable Process start(File output) {
        ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
        builder.environment().putAll(environment);
        // A proxy is for the world outside; the daemons of the tests are not there.
        builder.environment().putAll(Map.of("NO_PROXY", "127.0.0.1", "no_proxy", "127.0.0.1"));
        builder.redirectErrorStream(true).redirectOutput(output);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            return null;
        }
    }

    private Result end(Process process, Duration limit, Path output) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        words + " did not end within " + limit + ": " + read(output));
            }
            return new Result(process.exitValue(), read(output));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted during " + words, e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static Path temporaryFile() {
        try {
            return Files.createTempFile("vmcp", ".output");
        } catch (IOException e) {
            throw new UncheckedIOException("no file for output can be made", e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
