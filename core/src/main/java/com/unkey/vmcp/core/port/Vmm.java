package com.unkey.vmcp.core.port;

import com.unkey.vmcp.core.vm.Operation;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One living VMM with its one VM. Mutating methods are called by one thread at a time; {@link
 * #sample()} and {@link #pid()} on any thread, also meanwhile.
 *
 * <p>Every method returns within a few seconds or throws {@link
 * com.unkey.vmcp.core.failure.VmException}: unavailable where the VMM cannot be reached, failed
 * where it refuses.
 */
public interface Vmm extends AutoCloseable {

    /** Starts the vCPUs of a freshly launched VM; returns when they run. */
    void boot();

    /** Stops the vCPUs; returns when they have stopped. */
    void pause();

    /** Lets stopped vCPUs run on. */
    void resume();

    /** Presses the guest's power button; returns when it is pressed, not when the guest obeys. */
    void pressPowerButton();

    /** Starts the guest anew, from running, paused or powered off; returns when the vCPUs run. */
    void reset();

    /** Ends the VMM at once, guest and all; returns when its process is gone. Idempotent. */
    void stop();

    /**
     * Why this VM cannot have that done although its backend can, as where its VMM is somebody
     * else's to end; empty where it can. Never blocks; asked before anything is recorded or done.
     */
    default Optional<String> inability(Operation asked) {
        return Optional.empty();
    }

    /** How things are, asked of the VMM now; never an error because the VMM is gone. */
    Observation observe();

    /** What the VM uses, asked of the VMM now. */
    Sample sample();

    /** Process id, where the VMM is a process of ours. */
    OptionalLong pid();

    /** Lets go of the VMM, which lives on. */
    @Override
    void close();
}
