package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.config.Backend;
import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.core.vm.BackendName;
import java.util.Optional;

/** Brings Firecracker: the daemon's own, jailed or not, or one that somebody else started. */
public final class FirecrackerBackend implements Backend {

    @Override
    public BackendName name() {
        return Firecracker.NAME;
    }

    @Override
    public Optional<String> longestSocketName() {
        return Optional.of(Firecracker.SOCKET_NAME);
    }

    @Override
    public Opening read(Variables variables) {
        JailVariables jail =
                new JailVariables("root".equals(System.getProperty("user.name")), RootsOwn.BY_ID);
        FirecrackerVariables read = FirecrackerVariables.read(variables, jail);
        return site ->
                site.closeAtEnd(
                        Firecracker.open(site.processes(), read.settings(site.directory())));
    }
}
