package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.Server;
import org.junit.jupiter.api.Test;

/** Answers whose end is not there when they begin, and trailers that come as headers. */
class CorsStreamsTest {

    private static final String APP = "https://app.example.com";

    /** The first message of a stream that goes on reaches the page. */
    @Test
    void aStreamIsMarkedAndNotHeldBack() throws Exception {
        try (RunningServer running =
                        new RunningServer(settings -> settings.browsers(CorsOrigins.parse(APP)));
                Wire wire = Wire.to(running.server.port())) {
            wire.send(
                    """
                    POST /grpc.health.v1.Health/Watch HTTP/1.1\r
                    host: x\r
                    origin: %s\r
                    content-type: application/connect+json\r
                    content-length: 7\r
                    \r
                    \0\0\0\0\2{}"""
                            .formatted(APP));
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf("SERVING") < 0) {
                seen.append((char) wire.in().read());
            }
            assertThat(seen.toString())
                    .startsWith("HTTP/1.1 200")
                    .contains("access-control-allow-origin: " + APP)
                    .contains("access-control-expose-headers: Grpc-Status");
        }
    }

    @Test
    void trailersOfAConnectCallMayBeRead() throws Exception {
        Server server =
                Server.builder()
                        .http(0)
                        .service(
                                "/call",
                                (_, _) ->
                                        HttpResponse.of(
                                                ResponseHeaders.of(
                                                        HttpStatus.OK, "trailer-cost", "1")))
                        .decorator(new Cors(CorsOrigins.parse(APP)))
                        .build();
        server.start().join();
        try (Wire wire = Wire.to(server.activeLocalPort())) {
            wire.send("GET /call HTTP/1.1\r\nhost: x\r\norigin: " + APP + "\r\n\r\n");
            assertThat(wire.response())
                    .containsPattern("access-control-expose-headers: .*, trailer-cost\r\n");
        } finally {
            server.stop().join();
        }
    }
}
