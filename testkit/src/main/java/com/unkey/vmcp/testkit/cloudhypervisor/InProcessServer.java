package com.unkey.vmcp.testkit.cloudhypervisor;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * A fake in this JVM that no process host knows: for the server's own tests, and as the VMM that
 * somebody else has started.
 */
public final class InProcessServer implements VmmServer {

    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private final FakeCloudHypervisor process;
    private final Path directory;
    private final FakeFaults faults;

    private InProcessServer(FakeCloudHypervisor process, Path directory, FakeFaults faults) {
        this.process = process;
        this.directory = directory;
        this.faults = faults;
    }

    /** Starts a fake with its files in the directory and these flags more. */
    public static InProcessServer start(Path directory, List<String> flags) throws IOException {
        FakeFaults faults = new FakeFaults();
        OutputStream output = Files.newOutputStream(directory.resolve(OUTPUT));
        FakeCloudHypervisor process =
                FakeCloudHypervisor.start(
                        FakePids.next(),
                        directory,
                        VmmProgram.arguments(directory, flags),
                        faults,
                        output);
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

    public long pid() {
        return process.pid();
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public boolean alive() {
        return process.alive();
    }

    @Override
    public OptionalInt awaitExit(Duration limit) {
        return process.awaitExit(limit);
    }

    @Override
    public void terminate() {
        process.terminate();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        kill();
        awaitExit(END_LIMIT);
    }
}
