package com.unkey.vmcp.rpc;

import static com.unkey.vmcp.rpc.JsonClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.control.HealthReport;
import com.unkey.vmcp.core.vm.BackendName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthTest {

    @Test
    void healthyAnswersFourKeys() throws Exception {
        try (RunningServer running = new RunningServer();
                JsonClient client = running.client(HttpClient.Version.HTTP_1_1)) {
            HttpResponse<String> response = client.get("/_/health");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body())
                    .isEqualTo(
                            "{\"status\":\"healthy\",\"backend\":\"qemu\","
                                    + "\"uptime_seconds\":3600,\"version\":\"1.2.3\"}");
        }
    }

    @Test
    void unhealthyAnswersTheReason() throws Exception {
        try (RunningServer running = new RunningServer();
                JsonClient client = running.client(HttpClient.Version.HTTP_2)) {
            running.vms.health =
                    new HealthReport(
                            false,
                            new BackendName("qemu"),
                            Optional.of("no \"qemu\" found"),
                            Duration.ZERO);
            HttpResponse<String> response = client.get("/_/health");
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(json(response))
                    .isEqualTo(
                            json(
                                    """
                                    {"status":"unhealthy","backend":"qemu","uptime_seconds":0,
                                     "version":"1.2.3","reason":"no \\"qemu\\" found"}"""));
        }
    }

    @Test
    void aliveIsPlain() throws Exception {
        try (RunningServer running = new RunningServer();
                JsonClient client = running.client(HttpClient.Version.HTTP_1_1)) {
            assertThat(client.get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
            HttpResponse<String> post =
                    client.send(client.at("/health").POST(BodyPublishers.noBody()).build());
            assertThat(post.statusCode()).isEqualTo(405);
            assertThat(post.headers().firstValue("allow")).contains("GET, HEAD");
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
            assertThatThrownBy(() -> VmServer.start(new FakeVms(), ServerSettings.of(address, "1")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port " + taken.getLocalPort())
                    .hasMessageContaining("in use");
        }
    }
}
