package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.supervision.LinuxProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import com.unkey.vmcp.testkit.firecracker.FirecrackerProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The real program, as processes of this host. */
class RealBench extends FcBench {

    private static final long OUTPUT_LIMIT = 1 << 20;

    private final Path root;
    private StateDirectory state;
    private LinuxProcessHost host;

    RealBench(Path root) throws IOException {
        super(root);
        this.root = root;
    }

    /** Skips the test where there is no such program. */
    static FcBench open(Path root) throws IOException {
        Assumptions.assumeTrue(
                FirecrackerProgram.installed().isPresent(), FirecrackerProgram.MISSING);
        return new RealBench(root).open();
    }

    @Override
    Optional<Path> binary() {
        return FirecrackerProgram.installed();
    }

    @Override
    final ProcessHost openHost() {
        state = StateDirectory.open(root.resolve("state"), Firecracker.SOCKET_NAME);
        host = LinuxProcessHost.open(state, OUTPUT_LIMIT, () -> {});
        opened();
        return host;
    }

    /** Called when the host is open, and has set the umask. */
    void opened() {}

    @Override
    final void closeHost() {
        host.close();
        state.close();
    }
}
