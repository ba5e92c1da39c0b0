package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmFailure;
import java.io.IOException;
import java.nio.file.Path;

/** The real program in the real jailer's jails; skipped where they are not installed. */
class JailedVmLifeTest extends VmLifeContract {

    @Override
    FcBench openBench(Path root) throws IOException {
        return JailedBench.open(root);
    }

    /** The daemon looks at files before anything is started. */
    @Override
    Class<? extends VmFailure> refusalOfAbsentFiles() {
        return VmFailure.Invalid.class;
    }
}
