package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.connect.FieldNames;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Settings that users can see the effect of. */
class LimitsTest {

    private static final String GET = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";

    @Test
    void oneConnectionTooManyIsReset() throws Exception {
        try (RunningServer running = new RunningServer(settings -> settings.maxConnections(1));
                Wire first = Wire.to(running.server.port())) {
            assertThat(first.send(GET).response()).startsWith("HTTP/1.1 200");
            try (Wire second = Wire.to(running.server.port())) {
                assertThatThrownBy(() -> second.in().read()).isInstanceOf(SocketException.class);
            }
            assertThat(first.send(GET).response()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void namesInAnswersAreTheOperatorsChoice() throws Exception {
        try (RunningServer running =
                        new RunningServer(settings -> settings.fieldNames(FieldNames.CAMEL));
                JsonClient client = running.client(HttpClient.Version.HTTP_1_1)) {
            HttpResponse<String> answer =
                    client.call("CreateVm", "{\"vm_id\":\"v1\",\"config\":{}}");
            assertThat(answer.body()).contains("\"vmId\":\"v1\"");
        }
    }
}
