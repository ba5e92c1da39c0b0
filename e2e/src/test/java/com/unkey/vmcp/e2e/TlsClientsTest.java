package com.unkey.vmcp.e2e;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients against a port with TLS, where HTTP/2 is agreed on in the handshake. */
@Timeout(value = 5, unit = TimeUnit.MINUTES) // for a first installation on a busy machine
class TlsClientsTest {

    @RegisterExtension static final ClientDaemon DAEMON = ClientDaemon.withTls();

    private static final ClientTour CONNECT_GO = new ClientTour(DAEMON, ClientPrograms::connectGo);
    private static final ClientTour CONNECT_ES = new ClientTour(DAEMON, ClientPrograms::connectEs);
    private static final ClientTour PYTHON = new ClientTour(DAEMON, ClientPrograms::python);
    private static final ClientTour CURL = new ClientTour(DAEMON, ClientPrograms::curl);
    private static final ClientTour GRPCURL = new ClientTour(DAEMON, ClientPrograms::grpcurl);

    @ParameterizedTest
    @ValueSource(strings = {"connect", "connect-h2", "grpc", "grpc-web"})
    void connectGo(String flavour) {
        CONNECT_GO.take(flavour);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "grpc", "grpc-web-h2", "browser-connect-get"})
    void connectEs(String flavour) {
        CONNECT_ES.take(flavour);
    }

    @ParameterizedTest
    @ValueSource(strings = "json")
    void python(String flavour) {
        PYTHON.take(flavour);
    }

    @ParameterizedTest
    @ValueSource(strings = {"guide", "h2"})
    void curl(String flavour) {
        CURL.take(flavour);
    }

    @ParameterizedTest
    @ValueSource(strings = "proto")
    void grpcurl(String flavour) {
        GRPCURL.take(flavour);
    }
}
