package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.supervision.LinuxProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import com.unkey.vmcp.testkit.cloudhypervisor.VmmProgram;
import com.unkey.vmcp.testkit.cloudhypervisor.VmmServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The real program; skipped where it is not installed. */
class RealAttachedTest extends AttachedContract {

    private StateDirectory state;

    @Override
    Foreign start(Path at) throws IOException {
        Assumptions.assumeTrue(VmmProgram.installed().isPresent(), VmmProgram.MISSING);
        VmmServer program =
                VmmProgram.start(
                        VmmProgram.installed().orElseThrow(),
                        Files.createDirectory(at),
                        List.of("--no-shutdown"));
        return new Foreign() {
            @Override
            public Path socket() {
                return program.socket();
            }

            @Override
            public void kill() {
                program.kill();
            }

            @Override
            public boolean alive() {
                return program.alive();
            }

            @Override
            public void close() {
                program.close();
            }
        };
    }

    @Override
    ProcessHost host(Path root) {
        state = StateDirectory.open(root.resolve("state"), CloudHypervisor.SOCKET_NAME);
        return LinuxProcessHost.open(state, 1 << 20, () -> {});
    }

    @Override
    void close(ProcessHost opened) {
        ((LinuxProcessHost) opened).close();
        state.close();
    }
}
