package com.unkey.vmcp.e2e;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client that connect-go generates, in all it can speak. */
@Timeout(value = 5, unit = TimeUnit.MINUTES) // for a first installation on a busy machine
class ConnectGoTest {

    @RegisterExtension static final ClientDaemon DAEMON = ClientDaemon.plain();

    private static final ClientTour TOUR = new ClientTour(DAEMON, ClientPrograms::connectGo);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connect",
                "connect-h2",
                "connect-json",
                "connect-gzip",
                "connect-get",
                "connect-get-json-h2",
                "grpc",
                "grpc-json",
                "grpc-gzip",
                "grpc-web",
                "grpc-web-json",
                "grpc-web-h2"
            })
    void takesAVmThroughItsLife(String flavour) {
        TOUR.take(flavour);
    }
}
