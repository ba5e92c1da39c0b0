package com.unkey.vmcp.testkit.cloudhypervisor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** The real program under the contract that the fake is held to. */
@Timeout(60)
class RealServerTest {

    private static VmmServer real(Path directory, List<String> flags) throws IOException {
        Optional<Path> binary = VmmProgram.installed();
        assumeTrue(binary.isPresent(), VmmProgram.MISSING);
        return VmmProgram.launch(binary.get(), directory, flags);
    }

    @Nested
    class Http extends CloudHypervisorHttpContract {
        @Override
        protected VmmServer launch(Path directory, List<String> flags) throws Exception {
            return real(directory, flags);
        }
    }

    @Nested
    class States extends CloudHypervisorStateContract {
        @Override
        protected VmmServer launch(Path directory, List<String> flags) throws Exception {
            return real(directory, flags);
        }
    }

    @Nested
    class Boots extends CloudHypervisorBootContract {
        @Override
        protected VmmServer launch(Path directory, List<String> flags) throws Exception {
            return real(directory, flags);
        }
    }

    @Nested
    class Life extends CloudHypervisorLifeContract {
        @Override
        protected VmmServer launch(Path directory, List<String> flags) throws Exception {
            return real(directory, flags);
        }
    }
}
