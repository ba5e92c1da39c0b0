package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.FakePids;
import com.unkey.vmcp.testkit.vmm.InProcessHost;
import com.unkey.vmcp.testkit.vmm.PlayedVmm;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A fake in this JVM that no process host knows: for the server's own tests, and as the VMM that
 * somebody else has started.
 */
public final class InProcessFirecracker extends FirecrackerServer {

    private final FirecrackerFaults faults;

    private InProcessFirecracker(PlayedVmm process, Path directory, FirecrackerFaults faults) {
        super(process, directory);
        this.faults = faults;
    }

    /** A process host whose VMMs are fakes in this JVM. */
    public static InProcessHost<FirecrackerFaults> host(Path root) {
        return new InProcessHost<>(root, FakeFirecracker::start, new FirecrackerFaults());
    }

    /** Starts a fake with its usual files in the directory and these flags more. */
    public static InProcessFirecracker start(Path directory, List<String> flags)
            throws IOException {
        return launch(directory, FirecrackerProgram.arguments(directory, flags));
    }

    /** Starts a fake with exactly these arguments. */
    public static InProcessFirecracker launch(Path directory, List<String> arguments)
            throws IOException {
        return launch(directory, arguments, new FirecrackerFaults());
    }

    /** Starts a fake with exactly these arguments, which these faults strike from the start. */
    public static InProcessFirecracker launch(
            Path directory, List<String> arguments, FirecrackerFaults faults) throws IOException {
        OutputStream output = Files.newOutputStream(directory.resolve(SERIAL));
        OutputStream error = Files.newOutputStream(directory.resolve(ERROR));
        PlayedVmm process =
                FakeFirecracker.start(
                        new PlayedVmm.Launch<>(
                                FakePids.next(), directory, arguments, faults, output, error));
        process.onExit(_ -> close(output, error));
        return new InProcessFirecracker(process, directory, faults);
    }

    private static void close(OutputStream output, OutputStream error) {
        try (output) {
            error.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the output cannot be closed", e);
        }
    }

    public FirecrackerFaults faults() {
        return faults;
    }
}
