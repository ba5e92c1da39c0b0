package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.PlayedScript;
import java.io.IOException;
import java.nio.file.Path;

/** Writes the fake as an executable, for daemons that start their VMMs themselves. */
public final class FakeProgram {

    private FakeProgram() {}

    /** Writes {@code cloud-hypervisor} of the usual version into the directory. */
    public static Path writeTo(Path directory) throws IOException {
        return writeTo(directory, FakeFaults.VERSION);
    }

    /** Writes {@code cloud-hypervisor} of that version, such as {@code v53.0}. */
    public static Path writeTo(Path directory, String version) throws IOException {
        return new PlayedScript(
                        "cloud-hypervisor",
                        "cloud-hypervisor " + version,
                        FakeCloudHypervisorProgram.class,
                        version)
                .writeTo(directory);
    }
}
