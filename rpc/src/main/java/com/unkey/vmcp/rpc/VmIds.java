package com.unkey.vmcp.rpc;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmId;
import java.util.List;
import java.util.Optional;

/** Reads the vm_id of a request. */
final class VmIds {

    private VmIds() {}

    /**
     * The id that was sent.
     *
     * @throws VmException invalid where it can be no VM's
     */
    static VmId require(String sent) {
        Optional<Violation> violation = violation(sent);
        if (violation.isPresent()) {
            throw new VmException(new VmFailure.Invalid(List.of(violation.get())));
        }
        return new VmId(sent);
    }

    /** What is wrong with it, if anything is. */
    static Optional<Violation> violation(String sent) {
        if (sent.isEmpty()) {
            return Optional.of(new Violation("vm_id", "is required: " + VmId.RULE));
        }
        if (!VmId.isValid(sent)) {
            String message = "must be " + VmId.RULE + ", got \"" + sent + "\"";
            return Optional.of(new Violation("vm_id", message));
        }
        return Optional.empty();
    }
}
