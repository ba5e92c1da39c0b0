package com.unkey.vmcp.testkit.firecracker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** The real program under the contract; it needs KVM. */
@Timeout(60)
class RealFirecrackerTest {

    private static FirecrackerServer real(Path directory, List<String> arguments)
            throws IOException {
        Optional<Path> binary = FirecrackerProgram.installed();
        assumeTrue(binary.isPresent(), FirecrackerProgram.MISSING);
        return FirecrackerProgram.launch(binary.get(), directory, arguments);
    }

    @Nested
    class Http extends FirecrackerHttpContract {
        @Override
        protected FirecrackerServer launch(Path directory, List<String> arguments)
                throws Exception {
            return real(directory, arguments);
        }
    }

    @Nested
    class Setup extends FirecrackerSetupContract {
        @Override
        protected FirecrackerServer launch(Path directory, List<String> arguments)
                throws Exception {
            return real(directory, arguments);
        }
    }

    @Nested
    class Start extends FirecrackerStartContract {
        @Override
        protected FirecrackerServer launch(Path directory, List<String> arguments)
                throws Exception {
            return real(directory, arguments);
        }
    }

    @Nested
    class Life extends FirecrackerLifeContract {
        @Override
        protected FirecrackerServer launch(Path directory, List<String> arguments)
                throws Exception {
            return real(directory, arguments);
        }
    }
}
