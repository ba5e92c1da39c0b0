package com.unkey.vmcp.testkit.cloudhypervisor;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The command line's meaning; only flags that make sense with an API-only start are known. */
record FakeOptions(
        Path workingDirectory,
        Path apiSocket,
        Optional<Path> eventMonitor,
        Optional<Path> logFile,
        boolean noShutdown) {

    private static final Set<String> VERBOSE = Set.of("-v", "-vv", "-vvv");
    private static final Set<String> SECCOMP = Set.of("true", "false", "log", "errno");

    /** A command line that the program refuses with exit code 2. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        Unusable(String message) {
            super(message);
        }
    }

    /** The path, taken relative to the directory that the process runs in. */
    Path resolve(String path) {
        return workingDirectory.resolve(path);
    }

    static FakeOptions parse(Path workingDirectory, List<String> arguments) throws Unusable {
        Reading reading = new Reading(workingDirectory);
        Deque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            reading.take(left.pop(), left);
        }
        return reading.done();
    }

    private static final class Reading {
        private final Path workingDirectory;
        private Optional<Path> apiSocket = Optional.empty();
        private Optional<Path> eventMonitor = Optional.empty();
        private Optional<Path> logFile = Optional.empty();
        private boolean noShutdown;

        private Reading(Path workingDirectory) {
            this.workingDirectory = workingDirectory;
        }

        private void take(String argument, Deque<String> left) throws Unusable {
            switch (argument) {
                case "--api-socket" -> apiSocket = Optional.of(path(argument, left));
                case "--event-monitor" -> eventMonitor = Optional.of(path(argument, left));
                case "--log-file" -> logFile = Optional.of(path(argument, left));
                case "--seccomp" -> seccomp(value(argument, left));
                case "--no-shutdown" -> noShutdown = true;
                default -> {
                    if (!VERBOSE.contains(argument)) {
                        throw new Unusable("error: unexpected argument '" + argument + "' found");
                    }
                }
            }
        }

        private static void seccomp(String value) throws Unusable {
            if (!SECCOMP.contains(value)) {
                throw new Unusable(
                        "error: invalid value '" + value + "' for '--seccomp <seccomp>'");
            }
        }

        private Path path(String flag, Deque<String> left) throws Unusable {
            String value = value(flag, left);
            String path = value.startsWith("path=") ? value.substring(5) : value;
            return workingDirectory.resolve(path);
        }

        private static String value(String flag, Deque<String> left) throws Unusable {
            if (left.isEmpty()) {
                throw new Unusable(
                        "error: a value is required for '" + flag + "' but none was supplied");
            }
            return left.pop();
        }

        private FakeOptions done() throws Unusable {
            Path socket =
                    apiSocket.orElseThrow(() -> new Unusable("Launch a cloud-hypervisor VMM."));
            return new FakeOptions(workingDirectory, socket, eventMonitor, logFile, noShutdown);
        }
    }
}
