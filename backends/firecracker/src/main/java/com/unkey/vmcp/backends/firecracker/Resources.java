package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.Notebooks;
import com.unkey.vmcp.backends.http.HttpLinks;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** What all VMs of the backend share. Thread-safe. */
final class Resources implements AutoCloseable {

    private final ProcessHost host;
    private final Housing housing;
    private final UnaryOperator<Path> kernels;
    private final HttpLinks links = HttpLinks.start();
    private final Notebooks<LaunchNote> notes;

    /**
     * @param kernels finds what Firecracker can boot of a kernel, or refuses it
     */
    Resources(ProcessHost host, Housing housing, UnaryOperator<Path> kernels) {
        this.host = host;
        this.housing = housing;
        this.kernels = kernels;
        this.notes = new Notebooks<>(id -> RunFiles.note(host.runDirectory(id)), LaunchNote.FORMAT);
    }

    ProcessHost host() {
        return host;
    }

    Housing housing() {
        return housing;
    }

    UnaryOperator<Path> kernels() {
        return kernels;
    }

    HttpLinks links() {
        return links;
    }

    RunFiles files(LaunchPlan plan) {
        return RunFiles.of(host.runDirectory(plan.shortId()), plan);
    }

    Notebook<LaunchNote> notebook(ShortId id) {
        return notes.of(id);
    }

    /** What is known of VMs' last launches. */
    Notebooks<LaunchNote> notes() {
        return notes;
    }

    @Override
    public void close() {
        links.close();
    }
}
