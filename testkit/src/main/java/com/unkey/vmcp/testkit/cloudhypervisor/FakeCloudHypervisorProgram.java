package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.PlayedScript;
import com.unkey.vmcp.testkit.vmm.PlayedVmm;
import java.nio.file.Path;
import java.util.List;

/**
 * The fake as a process of its own, started by the script that {@link FakeProgram} writes. It takes
 * Cloud Hypervisor's command line and heeds its signals; what its guest does is chosen by the
 * kernel's file name alone.
 */
public final class FakeCloudHypervisorProgram {

    private FakeCloudHypervisorProgram() {}

    /** Ends with the exit code of what it plays. */
    public static void main(String[] arguments) {
        FakeFaults faults = new FakeFaults();
        faults.version(System.getProperty(PlayedScript.VERSION, FakeFaults.VERSION));
        FakeCloudHypervisor.start(
                        new PlayedVmm.Launch<>(
                                ProcessHandle.current().pid(),
                                Path.of("").toAbsolutePath(),
                                List.of(arguments),
                                faults,
                                System.out,
                                System.out))
                .beThisProcess();
    }
}
