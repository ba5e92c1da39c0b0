package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.PlayedProgram;

/**
 * The fake as a process of its own, started by the script that {@link FakeProgram} writes. It takes
 * Cloud Hypervisor's command line and heeds its signals; what its guest does is chosen by the
 * kernel's file name alone.
 */
public final class FakeCloudHypervisorProgram {

    private FakeCloudHypervisorProgram() {}

    /** Ends with the exit code of what it plays. */
    public static void main(String[] arguments) {
        PlayedProgram.run(arguments, new FakeFaults(), FakeCloudHypervisor::start);
    }
}
