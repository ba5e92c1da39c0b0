package com.unkey.vmcp.testkit.firecracker;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The command line's meaning; flags of a start from a configuration file are not known. */
final class FcOptions {

    private static final Set<String> VALUED =
            Set.of(
                    "api-sock",
                    "id",
                    "log-path",
                    "level",
                    "module",
                    "metrics-path",
                    "seccomp-filter",
                    "start-time-us",
                    "start-time-cpu-us",
                    "parent-cpu-time-us",
                    "http-api-max-payload-size",
                    "mmds-size-limit");
    private static final Set<String> BARE =
            Set.of(
                    "no-seccomp",
                    "show-level",
                    "show-log-origin",
                    "boot-timer",
                    "enable-pci",
                    "version");
    private static final int LONGEST_ID = 64;

    private final Path workingDirectory;
    private final Map<String, String> given = new HashMap<>();

    /** A command line that ends the process. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        private final int code;
        private final String brief;

        Unusable(int code, String message, String brief) {
            super(message);
            this.code = code;
            this.brief = brief;
        }

        int code() {
            return code;
        }

        /** As standard error has it. */
        String brief() {
            return brief;
        }
    }

    private FcOptions(Path workingDirectory) {
        this.workingDirectory = workingDirectory;
    }

    static FcOptions parse(Path workingDirectory, List<String> arguments) throws Unusable {
        FcOptions options = new FcOptions(workingDirectory);
        Deque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            options.take(left.pop(), left);
        }
        return options;
    }

    private void take(String argument, Deque<String> left) throws Unusable {
        String name = argument.startsWith("--") ? argument.substring(2) : argument;
        boolean valued = VALUED.contains(name);
        if (!argument.startsWith("--") || !(valued || BARE.contains(name))) {
            throw misused(
                    "Found argument '%s' which wasn't expected, or isn't valid in this context."
                            .formatted(name),
                    "UnexpectedArgument(\"" + name + "\")");
        }
        if (valued && (left.isEmpty() || left.peek().startsWith("--"))) {
            throw misused(
                    "The argument '%s' requires a value, but none was supplied.".formatted(name),
                    "MissingValue(\"" + name + "\")");
        }
        if (given.put(name, valued ? left.pop() : "") != null) {
            throw misused(
                    "The argument '%s' was provided more than once.".formatted(name),
                    "DuplicateArgument(\"" + name + "\")");
        }
    }

    private static Unusable misused(String message, String brief) {
        return new Unusable(
                153,
                "Arguments parsing error: " + message + " \\n\\nFor more information try --help.",
                "ParseArguments(" + brief + ")");
    }

    /** What is wrong with the id, for which the real program has no better end than a panic. */
    Optional<String> badId() {
        String id = id();
        int length = id.length();
        if (length < 1 || length > LONGEST_ID) {
            return Optional.of("InvalidLen(%d, 1, %d)".formatted(length, LONGEST_ID));
        }
        for (int i = 0; i < length; i++) {
            char each = id.charAt(i);
            if (each != '-' && !Character.isLetterOrDigit(each)) {
                return Optional.of("InvalidChar('%c', %d)".formatted(each, i));
            }
        }
        return Optional.empty();
    }

    boolean has(String flag) {
        return given.containsKey(flag);
    }

    String id() {
        return given.getOrDefault("id", "anonymous-instance");
    }

    Path apiSocket() {
        return resolve(given.getOrDefault("api-sock", "/run/firecracker.socket"));
    }

    Optional<Path> file(String flag) {
        return Optional.ofNullable(given.get(flag)).map(this::resolve);
    }

    Optional<String> level() {
        return Optional.ofNullable(given.get("level"));
    }

    int bodyLimit() {
        return Integer.parseInt(given.getOrDefault("http-api-max-payload-size", "51200"));
    }

    /** The path, taken relative to the directory that the process runs in. */
    Path resolve(String path) {
        return workingDirectory.resolve(path);
    }
}
