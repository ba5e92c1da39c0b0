package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.supervision.LinuxProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import com.unkey.vmcp.testkit.firecracker.FirecrackerProgram;
import com.unkey.vmcp.testkit.firecracker.FirecrackerServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The real program; skipped where it is not installed. */
class RealAttachedTest extends AttachedContract {

    private StateDirectory state;

    @Override
    FirecrackerServer start(Path at, List<String> arguments) throws IOException {
        Assumptions.assumeTrue(
                FirecrackerProgram.installed().isPresent(), FirecrackerProgram.MISSING);
        return FirecrackerProgram.launch(
                FirecrackerProgram.installed().orElseThrow(), at, arguments);
    }

    @Override
    ProcessHost host(Path root) {
        state = StateDirectory.open(root.resolve("state"), Firecracker.SOCKET_NAME);
        return LinuxProcessHost.open(state, 1 << 20, () -> {});
    }

    @Override
    void close(ProcessHost opened) {
        ((LinuxProcessHost) opened).close();
        state.close();
    }

    @Test
    void itsProcessIsSeen() {
        try (Vmm vmm = launched(plan())) {
            vmm.boot();
            assertThat(vmm.pid()).hasValue(foreign.pid());
            assertThat(vmm.sample().memoryBytes()).isPositive();
        }
    }
}
