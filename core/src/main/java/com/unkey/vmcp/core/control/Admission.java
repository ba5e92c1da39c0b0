package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.Transitions;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmState;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether an operation may begin now. Pure policy: state, what is under way, what is asked. */
final class Admission {

    private Admission() {}

    /** Why it may not; empty where it may. */
    static Optional<VmFailure> refusal(
            VmState.Kind state, Optional<Operation> underWay, Operation asked) {
        if (underWay.isPresent() && !asked.force()) {
            return Optional.of(new VmFailure.Busy(asked, underWay.get()));
        }
        if (!Transitions.allows(state, asked)) {
            return Optional.of(
                    new VmFailure.WrongState(asked, state, Transitions.statesFor(asked)));
        }
        return Optional.empty();
    }

    /** Why the backend cannot do it at all; empty where it can. */
    static Optional<VmFailure> inability(Set<Capability> able, Operation asked) {
        return needed(asked).stream()
                .filter(capability -> !able.contains(capability))
                .findFirst()
                .map(missing -> unable(asked, "this backend lacks " + missing));
    }

    /** Why this VM of the backend cannot do it; empty where it can. */
    static Optional<VmFailure> inability(Vmm vmm, Operation asked) {
        return vmm.inability(asked).map(why -> unable(asked, why));
    }

    private static VmFailure unable(Operation asked, String why) {
        return new VmFailure.Unsupported(List.of(new Violation(asked.toString(), why)));
    }

    private static List<Capability> needed(Operation asked) {
        return switch (asked.action()) {
            case PAUSE, RESUME -> List.of(Capability.PAUSE);
            case REBOOT ->
                    asked.force()
                            ? List.of(Capability.REBOOT)
                            : List.of(Capability.REBOOT, Capability.POWER_BUTTON);
            case SHUTDOWN -> asked.force() ? List.of() : List.of(Capability.POWER_BUTTON);
            case CREATE, BOOT, DELETE -> List.of();
        };
    }
}
