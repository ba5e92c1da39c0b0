package com.unkey.vmcp.testkit.cloudhypervisor;

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
public final class InProcessServer extends VmmServer {

    private final FakeFaults faults;

    private InProcessServer(PlayedVmm process, Path directory, FakeFaults faults) {
        super(process, directory);
        this.faults = faults;
    }

    /** A process host whose VMMs are fakes in this JVM. */
    public static InProcessHost<FakeFaults> host(Path root) {
        return new InProcessHost<>(root, FakeCloudHypervisor::start, new FakeFaults());
    }

    /** Starts a fake with its files in the directory and these flags more. */
    public static InProcessServer start(Path directory, List<String> flags) throws IOException {
        FakeFaults faults = new FakeFaults();
        OutputStream output = Files.newOutputStream(directory.resolve(OUTPUT));
        PlayedVmm process =
                FakeCloudHypervisor.start(
                        new PlayedVmm.Launch<>(
                                FakePids.next(),
                                directory,
                                VmmProgram.arguments(directory, flags),
                                faults,
                                output,
                                output));
        process.onExit(_ -> close(output));
        return new InProcessServer(process, directory, faults);
    }

    private static void close(OutputStream output) {
        try {
            output.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the output cannot be closed", e);
        }
    }

    public FakeFaults faults() {
        return faults;
    }
}
