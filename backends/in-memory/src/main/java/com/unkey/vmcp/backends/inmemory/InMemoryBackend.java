package com.unkey.vmcp.backends.inmemory;

import com.unkey.vmcp.backends.adapter.config.Backend;
import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Brings VMs in memory. They live as long as this object, and so outlive a daemon as others do. */
public final class InMemoryBackend implements Backend {

    static final BackendName NAME = new BackendName("inmemory");

    private final Map<ShortId, InMemoryVmm> vmms = new ConcurrentHashMap<>();

    @Override
    public BackendName name() {
        return NAME;
    }

    @Override
    public Optional<String> longestSocketName() {
        return Optional.empty();
    }

    @Override
    public Opening read(Variables variables) {
        int most = (int) variables.number("IN_MEMORY_MAX_VMS", 1, 10_000, 100);
        return _ -> new InMemoryHypervisor(vmms, most);
    }
}
