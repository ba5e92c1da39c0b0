package com.unkey.vmcp.backends.adapter.config;

import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.vm.BackendName;
import java.util.List;
import java.util.Optional;

/**
 * A backend as it comes into a daemon: all that is to be known of it before it is opened. A daemon
 * opens each of its backends once, whichever new VMs get.
 */
public interface Backend {

    /** What configuration and records call it, for ever: a recorded VM is found again by it. */
    BackendName name();

    /**
     * Of the sockets that it makes in a VM's run directory, the one with the longest name; empty
     * where it makes none. The start is refused where its path would be too long.
     */
    Optional<String> longestSocketName();

    /** Flags of the command line that set one of its variables. */
    default List<Flag> flags() {
        return List.of();
    }

    /**
     * Reads and checks its variables, all of them whatever they say: what nobody asks for is warned
     * of as unknown. Touches nothing yet. Mistakes are noted in {@code variables}; where there is
     * any, what is returned is not used.
     */
    Opening read(Variables variables);

    /** A backend that knows its configuration. */
    @FunctionalInterface
    interface Opening {

        /**
         * Opens it. Looks for no VMM yet: one that is missing makes the backend unhealthy and ends
         * no start.
         */
        Hypervisor open(Site site);
    }
}
