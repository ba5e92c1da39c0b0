package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.supervision.LinuxProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The real program, as processes of this host. */
final class RealBench extends ChBench {

    private static final long OUTPUT_LIMIT = 1 << 20;

    private final Path root;
    private StateDirectory state;
    private LinuxProcessHost host;

    private RealBench(Path root) throws IOException {
        super(root);
        this.root = root;
    }

    /** Skips the test where there is no such program. */
    static ChBench open(Path root) throws IOException {
        Assumptions.assumeTrue(
                program().isPresent(), "needs VMM binary: cloud-hypervisor is not on PATH");
        return new RealBench(root).open();
    }

    private static Optional<Path> program() {
        return Optional.ofNullable(System.getenv("UNKEY_VMCP_CH_BINARY"))
                .map(Path::of)
                .or(
                        () ->
                                Arrays.stream(System.getenv("PATH").split(":", -1))
                                        .map(directory -> Path.of(directory, "cloud-hypervisor"))
                                        .filter(Files::isExecutable)
                                        .findFirst());
    }

    @Override
    Optional<Path> binary() {
        return program();
    }

    @Override
    ProcessHost openHost() {
        state = StateDirectory.open(root.resolve("state"), CloudHypervisor.SOCKET_NAME);
        host = LinuxProcessHost.open(state, OUTPUT_LIMIT, () -> {});
        return host;
    }

    @Override
    void closeHost() {
        host.close();
        state.close();
    }
}
