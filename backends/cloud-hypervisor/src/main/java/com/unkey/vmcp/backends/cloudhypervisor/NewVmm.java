package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Startup;
import com.unkey.vmcp.backends.adapter.VmmVersion;
import java.nio.file.Files;
import java.time.Duration;

/** A VMM process that was just started, up to the point where its VM can be booted. */
final class NewVmm implements Startup.Newborn {

    private final ManagedParts parts;
    private final RunFiles files;
    private String told = "";

    NewVmm(ManagedParts parts, RunFiles files) {
        this.parts = parts;
        this.files = files;
    }

    @Override
    public boolean exited() {
        return parts.exit().told();
    }

    @Override
    public String lastWords() {
        return parts.lastWords().after(parts.exit().words());
    }

    @Override
    public boolean ready(Duration limit) {
        if (!Files.exists(files.socket())) {
            return false;
        }
        told = parts.api().ping(limit).version();
        return true;
    }

    /** The VM, configured and watched; on failure nothing is left of the VMM. */
    ChVmm configured(EventFiles watches) {
        try {
            // The program may have been replaced since it was asked for its version.
            VmmVersion _ = CloudHypervisor.VERSIONS.require(told);
            parts.vmm().configure();
            parts.events().watch(watches);
            return parts.vmm();
        } catch (RuntimeException e) {
            end(e);
            throw e;
        }
    }

    private void end(RuntimeException cause) {
        try {
            stop();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        } finally {
            close();
        }
    }

    @Override
    public void stop() {
        parts.vmm().stop();
    }

    @Override
    public void close() {
        parts.vmm().close();
    }
}
