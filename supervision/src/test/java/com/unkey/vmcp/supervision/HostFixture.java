package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A host on a state directory of its own, with VMs that are ordinary programs. */
final class HostFixture implements AutoCloseable {

    static final ShortId VM = new ShortId("testvm0001");
    static final long LIMIT = 1 << 20;

    private final StateDirectory state;
    private final LinuxProcessHost host;

    HostFixture(Path directory) {
        this(directory, () -> {});
    }

    HostFixture(Path directory, Runnable spawnedHook) {
        this.state = StateDirectory.open(directory, "qmp.sock");
        this.host = LinuxProcessHost.open(state, LIMIT, spawnedHook);
    }

    LinuxProcessHost host() {
        return host;
    }

    HostedProcess spawn(String... command) {
        return (HostedProcess) host.spawn(plan(VM, command));
    }

    HostedProcess spawnShell(String script) {
        return spawn("/bin/sh", "-c", script);
    }

    Path runDirectory() {
        return state.runDirectories().resolve(VM.value());
    }

    Path log() {
        return runDirectory().resolve("vmm.log");
    }

    ProcessHost.Spawn plan(ShortId id, String... command) {
        Path directory = state.runDirectories().resolve(id.value());
        Path log = directory.resolve("vmm.log");
        return new ProcessHost.Spawn(
                new ProcessHost.VmmLaunch(id, new BackendName("qemu"), 7),
                directory.resolve("qmp.sock"),
                List.of(command),
                log,
                List.of(log));
    }

    ProcessHost.Spawn planWithOutput(Path output, String... command) {
        ProcessHost.Spawn plan = plan(VM, command);
        return new ProcessHost.Spawn(
                plan.launch(),
                plan.socket(),
                plan.command(),
                plan.log(),
                plan.outputs(),
                Optional.of(output),
                Optional.empty());
    }

    ProcessHost.Spawn planEnclosed(ProcessHost.Enclosure enclosure, String... command) {
        ProcessHost.Spawn plan = plan(VM, command);
        return new ProcessHost.Spawn(
                plan.launch(),
                plan.socket(),
                plan.command(),
                plan.log(),
                plan.outputs(),
                Optional.empty(),
                Optional.of(enclosure));
    }

    /** Closes the host and its lock; VMs live on. */
    @Override
    public void close() {
        host.close();
        state.close();
    }
}
