package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.LastWords;
import com.unkey.vmcp.backends.adapter.ProcessEnd;

/** What a VM with a VMM process of its own consists of. */
record ManagedParts(
        ChVmm vmm, ChApi api, ProcessEnd exit, EventMonitor events, LastWords lastWords) {}
