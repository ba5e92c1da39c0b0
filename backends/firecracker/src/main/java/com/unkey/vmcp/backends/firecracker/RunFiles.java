package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.GuestConsole;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of one VM, wherever its process stands.
 *
 * @param directory the VM's run directory
 * @param console where guest output is kept; empty where it is not
 */
record RunFiles(Path directory, Optional<Path> console) {

    private static final Path NOWHERE = Path.of("/dev/null");

    static RunFiles of(Path directory, LaunchPlan plan) {
        return new RunFiles(directory, GuestConsole.file(plan, directory));
    }

    /** What a process says before it has a log, or when it has none any more. */
    Path errors() {
        return directory.resolve("fc.err");
    }

    /** Firecracker writes what its guest says to its standard output. */
    Path standardOutput() {
        return console.orElse(NOWHERE);
    }

    /** What a process that stands nowhere in particular writes of its guest's use. */
    Path metrics() {
        return directory.resolve("fc.metrics");
    }

    /** What is to be remembered of this launch. */
    static Path note(Path directory) {
        return directory.resolve("fc.note");
    }

    /** Files that a process writes without end. */
    List<Path> outputs(Place place) {
        return Stream.concat(Stream.of(place.log(), place.metrics(), errors()), console.stream())
                .toList();
    }

    /** Makes ready for another process: what its guest says begins a file anew. */
    void prepare() {
        try {
            Files.deleteIfExists(errors());
            if (console.isPresent()) {
                empty(console.get());
            }
        } catch (IOException e) {
            throw VmException.unavailable("the VM's run directory cannot be prepared", e);
        }
    }

    private static void empty(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            channel.truncate(0);
        } catch (NoSuchFileException _) {
            // It is made when the process is started.
        }
    }
}
