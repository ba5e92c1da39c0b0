package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.PlayedProgram;
import com.unkey.vmcp.testkit.vmm.PlayedScript;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The fake as a process of its own, started by a script, for daemons that start their VMMs
 * themselves. It takes Firecracker's command line; what its guest does is chosen by the kernel
 * alone.
 */
public final class FakeFirecrackerProgram {

    private FakeFirecrackerProgram() {}

    /** Writes {@code firecracker} of the usual version into the directory. */
    public static Path writeTo(Path directory) throws IOException {
        return writeTo(directory, FirecrackerFaults.VERSION);
    }

    /** Writes {@code firecracker} of that version, such as {@code 1.16.1}. */
    public static Path writeTo(Path directory, String version) throws IOException {
        String text =
                """
                Firecracker v%s

                2026-01-01T00:00:00.000000000 [anonymous-instance:main] Firecracker exiting\
                 successfully. exit_code=0\
                """
                        .formatted(version);
        return new PlayedScript("firecracker", text, FakeFirecrackerProgram.class, version)
                .writeTo(directory);
    }

    /** Ends with the exit code of what it plays. */
    public static void main(String[] arguments) {
        PlayedProgram.run(arguments, new FirecrackerFaults(), FakeFirecracker::start);
    }
}
