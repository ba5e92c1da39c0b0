package com.unkey.vmcp.testkit.hypervisor;

import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;

/**
 * A hypervisor under test and what a test must see of its guests from outside. Guests count: each
 * begins at 1 when it starts, goes on as long as its vCPUs run, and powers off when its power
 * button is pressed.
 */
public interface HypervisorBench extends AutoCloseable {

    /** The hypervisor as the present daemon has it. */
    Hypervisor hypervisor();

    /** Ends the daemon, but no VMM, and starts the next one on what it left. */
    void restartDaemon();

    /** A VM that was never launched, with such a guest. */
    LaunchPlan newVm();

    /** A VM that nothing is wrong with at first sight and whose VMM will not start. */
    LaunchPlan newVmThatCannotStart();

    /** How often the guest has begun at 1. */
    int starts(LaunchPlan vm);

    /** How far the guest has come in all: grows while the vCPUs run. */
    long progress(LaunchPlan vm);

    /** Kills the VM's VMM as the host's out-of-memory killer would. */
    void crash(LaunchPlan vm);

    /** Whether a VMM process lives for the VM. */
    boolean lives(LaunchPlan vm);

    /** Whether anything is left of the VM: process, socket, file. */
    boolean leftBehind(LaunchPlan vm);

    /** Ends everything that a failed test left. */
    @Override
    void close();
}
