package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.testkit.cloudhypervisor.FakeFaults;
import com.unkey.vmcp.testkit.cloudhypervisor.InProcessServer;
import com.unkey.vmcp.testkit.vmm.InProcessHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The fake program, in every build. */
class FakeAttachedTest extends AttachedContract {

    private static final ShortId THEIRS = new ShortId("theirs0000");

    @Override
    Foreign start(Path at) {
        InProcessHost<FakeFaults> somebody = InProcessServer.host(at);
        somebody.makeRunDirectory(THEIRS);
        Path directory = somebody.runDirectory(THEIRS);
        Path socket = directory.resolve("ch.sock");
        VmmProcess process =
                somebody.spawn(
                        new ProcessHost.Spawn(
                                new ProcessHost.VmmLaunch(THEIRS, CloudHypervisor.NAME, 1),
                                socket,
                                List.of(
                                        "cloud-hypervisor",
                                        "--api-socket",
                                        "path=" + socket,
                                        "--no-shutdown"),
                                directory.resolve("log"),
                                List.of()));
        return new Foreign() {
            @Override
            public Path socket() {
                return socket;
            }

            @Override
            public void kill() {
                process.kill();
                process.awaitExit(Duration.ofSeconds(5));
            }

            @Override
            public boolean alive() {
                return process.alive();
            }

            @Override
            public void close() {
                somebody.endAll();
            }
        };
    }

    @Override
    ProcessHost host(Path root) {
        return InProcessServer.host(root.resolve("run"));
    }

    @Override
    void close(ProcessHost opened) {
        // What a daemon leaves is found again on the same directory.
    }
}
