package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Observation;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Where a VM lives: in a VMM of its own, or in that of somebody else. */
interface Home extends AutoCloseable {

    /** Names of vCPU threads begin with it. */
    String VCPU_THREAD = "vcpu";

    /** Why the VMM is gone; empty where nothing is known to have happened to it. */
    Optional<Observation.Gone> fate();

    /** What became of a VMM that has just given no answer; empty where it is still there. */
    Optional<Observation> fateAfter(VmException silent);

    /** The guest's power button was pressed. */
    void buttonPressed();

    /** Whether it is our VM that the VMM tells of. */
    boolean holds(VmInfo info);

    /** What our own calls are about to make of the VM, so that it is no news. */
    void expect(VmInfo.State state);

    /** Whether the vCPUs are known to have run. */
    boolean ran();

    /** Ends the VM for good; returns when it is gone. Idempotent. */
    void end();

    OptionalLong pid();

    /** Host memory of the VMM in bytes; 0 where its process cannot be seen from here. */
    long memoryBytes();

    /** Processor time of the vCPUs since the guest was last started. */
    Duration vcpuTime();

    @Override
    void close();
}
