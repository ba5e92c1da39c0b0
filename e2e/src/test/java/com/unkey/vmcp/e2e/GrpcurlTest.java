package com.unkey.vmcp.e2e;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** grpcurl, which knows the API from its file or from the daemon. */
@Timeout(value = 5, unit = TimeUnit.MINUTES) // for a first installation on a busy machine
class GrpcurlTest {

    @RegisterExtension static final ClientDaemon DAEMON = ClientDaemon.plain();

    private static final ClientTour TOUR = new ClientTour(DAEMON, ClientPrograms::grpcurl);

    @ParameterizedTest
    @ValueSource(strings = {"proto", "reflection"})
    void takesAVmThroughItsLife(String flavour) {
        TOUR.take(flavour);
    }
}
