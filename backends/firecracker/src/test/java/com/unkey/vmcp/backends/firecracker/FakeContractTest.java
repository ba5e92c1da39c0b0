package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.testkit.hypervisor.HypervisorBench;
import com.unkey.vmcp.testkit.hypervisor.HypervisorContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The fake program, in every build. */
class FakeContractTest extends HypervisorContract {

    @TempDir private Path directory;

    @Override
    protected HypervisorBench openBench() throws IOException {
        return FakeBench.open(directory);
    }
}
