package com.unkey.vmcp.testkit.cloudhypervisor;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** The fake under the contract. */
@Timeout(60)
class FakeServerTest {

    @Nested
    class Http extends CloudHypervisorHttpContract {
        @Override
        protected VmmServer launch(Path directory, List<String> flags) throws Exception {
            return InProcessServer.start(directory, flags);
        }
    }

    @Nested
    class States extends CloudHypervisorStateContract {
        @Override
        protected VmmServer launch(Path directory, List<String> flags) throws Exception {
            return InProcessServer.start(directory, flags);
        }
    }

    @Nested
    class Boots extends CloudHypervisorBootContract {
        @Override
        protected VmmServer launch(Path directory, List<String> flags) throws Exception {
            return InProcessServer.start(directory, flags);
        }
    }

    @Nested
    class Life extends CloudHypervisorLifeContract {
        @Override
        protected VmmServer launch(Path directory, List<String> flags) throws Exception {
            return InProcessServer.start(directory, flags);
        }
    }
}
