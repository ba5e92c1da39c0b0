package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.VmState;
import java.util.Set;

/**
 * Asks for a page of VMs.
 *
 * @param states only VMs in one of these; empty: all
 * @param pageSize 1 to 1,000, or 0 for the default of 50
 * @param pageToken where the page before ended; empty: the first page
 */
public record ListQuery(Set<VmState.Kind> states, int pageSize, String pageToken) {

    public ListQuery {
        states = Set.copyOf(states);
    }
}
