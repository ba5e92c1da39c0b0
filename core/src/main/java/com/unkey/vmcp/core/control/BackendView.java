package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.vm.BackendName;
import java.util.Set;

/**
 * All there is to tell of one backend.
 *
 * @param standard whether VMs get it whose request names none
 */
public record BackendView(
        BackendName name,
        boolean standard,
        BackendHealth health,
        Set<Capability> capabilities,
        BackendProfile profile) {

    public BackendView {
        capabilities = Set.copyOf(capabilities);
    }
}
