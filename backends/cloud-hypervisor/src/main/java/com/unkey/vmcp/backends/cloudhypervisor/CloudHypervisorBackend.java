package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.config.Backend;
import com.unkey.vmcp.backends.adapter.config.Flag;
import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.core.vm.BackendName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Brings Cloud Hypervisor: the daemon's own, or one that somebody else started. */
public final class CloudHypervisorBackend implements Backend {

    private static final Path DEFAULT_ENDPOINT = Path.of("/tmp/ch.sock");

    @Override
    public BackendName name() {
        return CloudHypervisor.NAME;
    }

    @Override
    public Optional<String> longestSocketName() {
        return Optional.of(CloudHypervisor.SOCKET_NAME);
    }

    @Override
    public List<Flag> flags() {
        return List.of(new Flag("socket", "PATH", "Cloud Hypervisor API socket", "CH_ENDPOINT"));
    }

    @Override
    public Opening read(Variables variables) {
        CloudHypervisorSettings settings = settings(variables);
        return site -> site.closeAtEnd(CloudHypervisor.open(site.processes(), settings));
    }

    static CloudHypervisorSettings settings(Variables variables) {
        return new CloudHypervisorSettings(
                variables.path("CH_BINARY"), variables.socket("CH_ENDPOINT"), DEFAULT_ENDPOINT);
    }
}
