package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.testkit.hypervisor.HypervisorBench;
import com.unkey.vmcp.testkit.hypervisor.HypervisorContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The real program in the real jailer's jails; skipped where they are not installed. */
class JailedContractTest extends HypervisorContract {

    @TempDir private Path directory;

    @Override
    protected HypervisorBench openBench() throws IOException {
        return JailedBench.open(directory);
    }
}
