package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What can be asked of the control plane. Safe on every thread.
 *
 * <p>Failures are {@link com.unkey.vmcp.core.failure.VmException}s: thrown, or what a future ends
 * with. Cancelling a future withdraws the operation while it is queued; one whose intent is
 * recorded runs to its end all the same.
 */
public interface VmOperations {

    /** Makes a VM; the future ends with its record, durable and in state CREATED. */
    CompletableFuture<VmRecord> create(CreateRequest request);

    /**
     * Carries out an operation on a VM that exists.
     *
     * @param operation any but CREATE
     * @param timeout how long a graceful operation waits for the guest; others do not look at it
     * @return the state reached; for DELETE the state the VM was in last
     */
    CompletableFuture<VmState.Kind> run(VmId id, Operation operation, Duration timeout);

    /** Tells all about one VM. May block for up to 100 ms while a sample is taken. */
    VmView info(VmId id);

    /** A page of the VMs, in order of creation. Blocks on no VMM. */
    VmPage list(ListQuery query);

    /**
     * What each backend can do and how it is, in the order in which they are configured. Blocks for
     * as long as their looks at themselves take, milliseconds as a rule.
     */
    List<BackendView> backends();

    /** Whether new VMs can be made. */
    HealthReport health();
}
