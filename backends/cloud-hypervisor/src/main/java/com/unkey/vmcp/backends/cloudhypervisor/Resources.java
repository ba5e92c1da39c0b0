package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.Notebooks;
import com.unkey.vmcp.backends.http.HttpLinks;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.ShortId;

/** What all VMs of the backend share. Thread-safe. */
final class Resources implements AutoCloseable {

    private final ProcessHost host;
    private final HttpLinks links = HttpLinks.start();
    private final EventFiles events = new EventFiles();
    private final Notebooks<LaunchNote> notes;

    Resources(ProcessHost host) {
        this.host = host;
        this.notes = new Notebooks<>(id -> RunFiles.note(host.runDirectory(id)), LaunchNote.FORMAT);
    }

    ProcessHost host() {
        return host;
    }

    HttpLinks links() {
        return links;
    }

    EventFiles events() {
        return events;
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
        events.close();
        links.close();
    }
}
