package com.unkey.vmcp.testkit.firecracker;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** The fake under the contract. */
@Timeout(60)
class FakeFirecrackerTest {

    @Nested
    class Http extends FirecrackerHttpContract {
        @Override
        protected FirecrackerServer launch(Path directory, List<String> arguments)
                throws Exception {
            return InProcessFirecracker.launch(directory, arguments);
        }
    }

    @Nested
    class Setup extends FirecrackerSetupContract {
        @Override
        protected FirecrackerServer launch(Path directory, List<String> arguments)
                throws Exception {
            return InProcessFirecracker.launch(directory, arguments);
        }
    }

    @Nested
    class Start extends FirecrackerStartContract {
        @Override
        protected FirecrackerServer launch(Path directory, List<String> arguments)
                throws Exception {
            return InProcessFirecracker.launch(directory, arguments);
        }
    }

    @Nested
    class Life extends FirecrackerLifeContract {
        @Override
        protected FirecrackerServer launch(Path directory, List<String> arguments)
                throws Exception {
            return InProcessFirecracker.launch(directory, arguments);
        }
    }
}
