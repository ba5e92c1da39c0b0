package com.unkey.vmcp.core.port;

import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One kind of VMM. An adapter translates; it decides nothing: the order of things, records and
 * states belong to the control plane.
 *
 * <p>Methods block and are called on virtual threads. They throw {@link
 * com.unkey.vmcp.core.failure.VmException} and bound every wait themselves.
 */
public interface Hypervisor {

    /** The backend's name in configuration and records. */
    BackendName name();

    /** What VMs of this backend can do. Asking for anything else is refused before it starts. */
    Set<Capability> capabilities();

    /**
     * What this backend tells of itself. Never blocks, needs no VMM to be there, and stays the same
     * while the configuration does.
     */
    BackendProfile profile();

    /** Whether VMs can be launched right now. Answers within milliseconds, from a cached look. */
    BackendHealth health();

    /**
     * What in the spec this backend cannot do, by field. Empty means that all of it is honoured or
     * promised to be ignored.
     */
    List<Violation> unsupported(VmSpec spec);

    /**
     * Starts a VMM with the VM configured and its vCPUs not running. On failure nothing is left but
     * the run directory.
     *
     * @param onChange called, on any thread and without blocking, whenever {@link Vmm#observe()}
     *     may have something new to tell; called at least once after the VMM is gone
     */
    Vmm launch(LaunchPlan plan, Runnable onChange);

    /**
     * Takes over a VMM that was launched before, by this daemon or by one before it. A VMM whose
     * process lives but does not answer is {@link Adoption.Living}: its calls fail with unavailable
     * until it does.
     */
    Adoption adopt(LaunchPlan plan, Runnable onChange);

    /**
     * VMs that are there in a VMM which somebody else started, and that no VM of ours stands for:
     * neither one that {@link #adopt} was told of nor one that a launch, ended or under way, made.
     * Each is named until a plan with its definition is adopted. Blocks as a look at a VMM does.
     *
     * @throws com.unkey.vmcp.core.failure.VmException where that VMM cannot be asked
     */
    default List<VmDefinition> strays() {
        return List.of();
    }

    /** Facts for {@code backend_info} that need no VMM to be asked: never blocks on one. */
    Map<String, String> describe(LaunchPlan plan);

    /**
     * Ends the VM's VMM process if one is left and removes everything made for the VM. Idempotent;
     * knows a VM by its short id alone, so that leftovers without a record can be removed too.
     */
    void discard(ShortId id);
}
