package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.testkit.hypervisor.HypervisorBench;
import com.unkey.vmcp.testkit.hypervisor.HypervisorContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Real QEMU on machine type microvm. */
class MicrovmContractTest extends HypervisorContract {

    @TempDir private Path directory;

    @Override
    protected HypervisorBench openBench() throws IOException {
        return new QemuBench(directory, Machine.MICROVM);
    }
}
