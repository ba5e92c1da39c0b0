package com.unkey.vmcp.core.port;

/** How a VMM was found to be. */
public sealed interface Observation {

    /** The VM is configured and its vCPUs have not run yet. */
    record Prepared() implements Observation {}

    /** The vCPUs run. */
    record Running() implements Observation {}

    /** The vCPUs are stopped and can run on. */
    record Paused() implements Observation {}

    /** The guest has ended by itself in good order; the VMM may still be there. */
    record PoweredOff(String reason) implements Observation {}

    /**
     * The guest has asked to be started anew, and is to be, but its VMM cannot do that by itself:
     * {@link Vmm#reset()} does. The VMM may still be there.
     */
    record GuestReset() implements Observation {}

    /** The VMM is gone, or of no more use. */
    record Gone(String reason) implements Observation {}
}
