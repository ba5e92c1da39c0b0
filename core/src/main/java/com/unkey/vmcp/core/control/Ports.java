package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.FailPoints;
import com.unkey.vmcp.core.port.HostInspector;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.IdSource;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.VmStore;
import com.unkey.vmcp.core.vm.BackendName;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Everything the control plane needs of the world. */
public record Ports(
        VmStore store,
        List<Hypervisor> backends,
        HostInspector host,
        ProcessHost processes,
        IdSource ids,
        InstantSource clock,
        FailPoints failPoints) {

    public Ports {
        backends = List.copyOf(backends);
    }

    /**
     * The backend of that name.
     *
     * @throws VmException unavailable where this daemon has none
     */
    Hypervisor backend(BackendName name) {
        return backendNamed(name.value())
                .orElseThrow(() -> VmException.unavailable("this daemon has no backend " + name));
    }

    /** The backend that a client means; empty where there is none of that name. */
    Optional<Hypervisor> backendNamed(String name) {
        return backends.stream().filter(backend -> backend.name().value().equals(name)).findFirst();
    }

    /** Names of all backends, for messages. */
    String backendNames() {
        return backends.stream()
                .map(backend -> backend.name().value())
                .collect(Collectors.joining(", "));
    }
}
