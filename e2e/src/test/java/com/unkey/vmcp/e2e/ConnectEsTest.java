package com.unkey.vmcp.e2e;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** connect-es on Node, in all it can speak. */
@Timeout(value = 5, unit = TimeUnit.MINUTES) // for a first installation on a busy machine
class ConnectEsTest {

    @RegisterExtension static final ClientTour TOUR = ClientTour.of(ClientPrograms::connectEs);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connect",
                "connect-h2c",
                "connect-json",
                "connect-json-h2c",
                "connect-get",
                "connect-get-json",
                "connect-gzip",
                "grpc",
                "grpc-json",
                "grpc-gzip",
                "grpc-web",
                "grpc-web-h2c",
                "grpc-web-json"
            })
    void takesAVmThroughItsLife(String flavour) {
        TOUR.take(flavour);
    }
}
