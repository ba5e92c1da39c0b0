package com.unkey.vmcp.e2e;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** curl, as the users' guide has it and in what else plain HTTP can do. */
@Timeout(value = 5, unit = TimeUnit.MINUTES) // for a first installation on a busy machine
class CurlTest {

    @RegisterExtension static final ClientDaemon DAEMON = ClientDaemon.plain();

    private static final ClientTour TOUR = new ClientTour(DAEMON, ClientPrograms::curl);

    @ParameterizedTest
    @ValueSource(strings = {"guide", "file", "h2", "get", "gzip"})
    void takesAVmThroughItsLife(String flavour) {
        TOUR.take(flavour);
    }
}
