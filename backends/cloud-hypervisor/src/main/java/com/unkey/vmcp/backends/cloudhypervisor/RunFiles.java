package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.EarlierLaunch;
import com.unkey.vmcp.backends.adapter.GuestConsole;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of one VM.
 *
 * @param directory the VM's run directory
 * @param console where guest output is kept; empty where it is not
 */
record RunFiles(Path directory, Optional<Path> console) {

    private static final String SOCKET = "ch.sock";
    private static final String CONSOLE_SOCKET = "console.sock";

    /** Socket paths have a limit, and the run directory's is the same for all. */
    static final String LONGEST_SOCKET = CONSOLE_SOCKET;

    static RunFiles of(Path directory, LaunchPlan plan) {
        return new RunFiles(
                directory,
                ConsoleKind.of(plan.definition().spec()) == ConsoleKind.FILE
                        ? GuestConsole.file(plan, directory)
                        : Optional.empty());
    }

    /** The VMM's API. */
    Path socket() {
        return directory.resolve(SOCKET);
    }

    /** The VMM's own words, of this launch only. */
    Path log() {
        return directory.resolve("ch.log");
    }

    /** A directory of its own, so that whoever watches it is not woken by the guest's output. */
    Path eventDirectory() {
        return directory.resolve("events");
    }

    /** What the VMM tells unasked. */
    Path events() {
        return eventDirectory().resolve("monitor");
    }

    Path consoleSocket() {
        return directory.resolve(CONSOLE_SOCKET);
    }

    /** What is to be remembered of this launch. */
    static Path note(Path directory) {
        return directory.resolve("ch.note");
    }

    /** Files that the VMM writes without end. */
    List<Path> outputs() {
        return Stream.concat(Stream.of(log(), events()), console.stream()).toList();
    }

    /** Clears away what an earlier launch left. */
    void prepare() {
        EarlierLaunch.clearAway(log(), List.of(socket(), events()));
        try {
            Files.createDirectories(eventDirectory());
        } catch (IOException e) {
            throw VmException.unavailable("the VM's run directory cannot be prepared", e);
        }
    }

    /** A VM that was made and not booted leaves it, and the next one would fail for it. */
    void clearConsoleSocket() {
        try {
            Files.deleteIfExists(consoleSocket());
        } catch (IOException e) {
            throw VmException.unavailable("the console's socket cannot be cleared away", e);
        }
    }
}
