package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.testkit.hypervisor.HypervisorBench;
import com.unkey.vmcp.testkit.hypervisor.HypervisorContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The real program; skipped where it is not installed. */
class RealContractTest extends HypervisorContract {

    @TempDir private Path directory;

    @Override
    protected HypervisorBench openBench() throws IOException {
        return RealBench.open(directory);
    }
}
