package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.vm.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Where a VM's guest lives: in a process of the VM's own, or in that of somebody else. */
interface Home extends AutoCloseable {

    /** Names of vCPU threads begin with it. */
    String VCPU_THREAD = "fc_vcpu";

    /**
     * The present process's API.
     *
     * @throws VmException unavailable where there is no process
     */
    FcApi api();

    /**
     * How the guest of the present process is, asked now.
     *
     * @throws VmException unavailable where there is no process, or no answer
     */
    default Instance.State state() {
        return api().instance().state();
    }

    /** Why the VM cannot have that done where it lives; empty where it can. Never blocks. */
    default Optional<String> inability(Operation asked) {
        return Optional.empty();
    }

    /** How the process ended; empty while it lives. */
    Optional<Ending> ending();

    /** How a process ended that has just given no answer; empty where it is still there. */
    Optional<Ending> endingAfter(VmException silent);

    /** The guest of the present process was started just now. */
    void started();

    /** How long the guest of a process ran that has ended; empty where nobody knows. */
    Optional<Duration> lifetime();

    /** Ends the present process, if it lives, so that another can follow; nobody is told of it. */
    void makeWay();

    /**
     * Starts a process that knows the VM and has not started its guest; on failure there is none.
     *
     * @throws VmException where it does not start, or refuses the VM
     */
    void follow();

    /**
     * Puts a process that has not been told to start its guest in the place of the present one,
     * which has failed to and may hold on to files that are others now.
     */
    void renew();

    /** Ends the process for good; returns when it is gone. Idempotent. */
    void end();

    OptionalLong pid();

    /** Host memory of the process in bytes. */
    long memoryBytes();

    /** Processor time of the vCPUs of the present process. */
    Duration vcpuTime();

    /** What the present process counts, or the last one where there is none. */
    MetricsFile metrics();

    @Override
    void close();
}
