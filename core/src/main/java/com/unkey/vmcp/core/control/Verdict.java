package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.VmState;

/** What a record and an observation together call for. */
sealed interface Verdict {

    /** Record this state; nothing has to be done. */
    record As(VmState state) implements Verdict {}

    /** End the VMM and record SHUTDOWN. */
    record End(String reason) implements Verdict {}

    /** Go on waiting for the guest to power off. */
    record AwaitGuest() implements Verdict {}

    /** Start vCPUs that were never started, and record RUNNING. */
    record Start() implements Verdict {}

    /** Start the guest anew, and record RUNNING. */
    record Restart() implements Verdict {}

    /** Remove the VM and all that was made for it. */
    record Remove() implements Verdict {}
}
