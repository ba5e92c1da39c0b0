package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.testkit.firecracker.FirecrackerServer;
import com.unkey.vmcp.testkit.firecracker.InProcessFirecracker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The fake program, in every build. */
class FakeAttachedTest extends AttachedContract {

    @Override
    FirecrackerServer start(Path at, List<String> arguments) throws IOException {
        return InProcessFirecracker.launch(at, arguments);
    }

    @Override
    ProcessHost host(Path root) {
        return InProcessFirecracker.host(root.resolve("run"));
    }

    @Override
    void close(ProcessHost opened) {
        // What a daemon leaves is found again on the same directory.
    }
}
