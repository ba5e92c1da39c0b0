package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.http.HttpLinks;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.ShortId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What all VMs of the backend share. Thread-safe. */
final class Resources implements AutoCloseable {

    private final ProcessHost host;
    private final HttpLinks links = HttpLinks.start();
    private final EventFiles events = new EventFiles();
    private final Map<ShortId, Notebook> notebooks = new ConcurrentHashMap<>();

    Resources(ProcessHost host) {
        this.host = host;
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

    Notebook notebook(ShortId id) {
        return notebooks.computeIfAbsent(
                id, absent -> new Notebook(RunFiles.note(host.runDirectory(absent))));
    }

    /** What is known of the VM's last launch; empty where there was none. */
    Optional<LaunchNote> note(ShortId id) {
        Optional<LaunchNote> note = notebook(id).find();
        if (note.isEmpty()) {
            forget(id);
        }
        return note;
    }

    void forget(ShortId id) {
        notebooks.remove(id);
    }

    @Override
    public void close() {
        events.close();
        links.close();
    }
}
