package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.List;

/**
 * Asks for a new VM.
 *
 * @param vmId name as the client sent it, not yet checked; empty: one is generated
 * @param backend name of its backend as the client sent it, not yet checked; empty: the default
 * @param violations what was already found wrong when the request was read; the VM is refused with
 *     these and whatever else is wrong, all at once
 */
public record CreateRequest(String vmId, String backend, VmSpec spec, List<Violation> violations) {

    public CreateRequest {
        violations = List.copyOf(violations);
    }
}
