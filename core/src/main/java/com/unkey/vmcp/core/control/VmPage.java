package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.VmRecord;
import java.util.List;

/**
 * A page of VMs.
 *
 * @param nextPageToken asks for the page after this; empty: there is none
 * @param totalCount VMs on all pages, after the filter
 */
public record VmPage(List<VmRecord> vms, String nextPageToken, int totalCount) {

    public VmPage {
        vms = List.copyOf(vms);
    }
}
