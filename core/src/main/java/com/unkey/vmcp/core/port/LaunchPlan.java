package com.unkey.vmcp.core.port;

import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.core.vm.VmRecord;

/**
 * All an adapter needs to start or to find a VM's VMM.
 *
 * @param generation tells one launch of the same VM from the next
 */
public record LaunchPlan(VmIdentity identity, VmDefinition definition, long generation) {

    public static LaunchPlan of(VmRecord record) {
        return new LaunchPlan(record.identity(), record.definition(), record.revision().number());
    }

    public ShortId shortId() {
        return identity.shortId();
    }
}
