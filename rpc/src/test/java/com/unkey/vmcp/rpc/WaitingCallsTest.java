package com.unkey.vmcp.rpc;

import static com.unkey.vmcp.rpc.JsonClient.json;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.api.v1.ListVmsRequest;
import com.unkey.vmcp.api.v1.ShutdownVmRequest;
import com.unkey.vmcp.api.v1.VmServiceGrpc;
import com.unkey.vmcp.core.vm.VmState;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that take long: who leaves stops waiting, who stays is answered. */
class WaitingCallsTest {

    private static final String BODY = "{\"vm_id\":\"a\"}";

    private final CompletableFuture<VmState.Kind> work = new CompletableFuture<>();
    private final CountDownLatch withdrawn = new CountDownLatch(1);
    private RunningServer running;

    @BeforeEach
    void start() throws Exception {
        running = new RunningServer(settings -> settings.idleTimeout(Duration.ofSeconds(1)));
        running.vms.hanging = Optional.of(work);
        var _ =
                work.whenComplete(
                        (_, _) -> {
                            if (work.isCancelled()) {
                                withdrawn.countDown();
                            }
                        });
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void idleConnectionsAreKeptWhileACallWaits(HttpClient.Version version) throws Exception {
        try (JsonClient client = running.client(version)) {
            CompletableFuture<HttpResponse<String>> response =
                    client.http()
                            .sendAsync(client.post("ShutdownVm", BODY), BodyHandlers.ofString());
            running.vms.nextRun();
            // Three times the idle timeout of this server.
            work.completeOnTimeout(VmState.Kind.SHUTDOWN, 3, SECONDS);
            assertThat(response.get(20, SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aDeadlineEndsTheWait(HttpClient.Version version) throws Exception {
        try (JsonClient client = running.client(version)) {
            HttpResponse<String> response =
                    client.call("ShutdownVm", BODY, "connect-timeout-ms", "100");
            assertThat(response.statusCode()).isEqualTo(504);
            assertThat(json(response).get("code").asString()).isEqualTo("deadline_exceeded");
            assertThat(withdrawn.await(10, SECONDS)).isTrue();
        }
    }

    @Test
    void deadlinesMustBeNumbers() throws Exception {
        try (JsonClient client = running.client(HttpClient.Version.HTTP_1_1)) {
            for (String wrong : new String[] {"12345678901", "1s", "0x1"}) {
                assertThat(
                                client.call("ShutdownVm", BODY, "connect-timeout-ms", wrong)
                                        .statusCode())
                        .isEqualTo(400);
            }
            assertThat(client.call("ShutdownVm", BODY, "connect-timeout-ms", "0").statusCode())
                    .isEqualTo(504);
        }
    }

    @Test
    void aGrpcDeadlineEndsTheWait() throws Exception {
        ManagedChannel channel = running.channel();
        try {
            // The deadline is to meet the call, not the setting up of the connection.
            VmServiceGrpc.newBlockingStub(channel).listVms(ListVmsRequest.getDefaultInstance());
            var calls =
                    VmServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(200, java.util.concurrent.TimeUnit.MILLISECONDS);
            assertThatThrownBy(
                            () ->
                                    calls.shutdownVm(
                                            ShutdownVmRequest.newBuilder().setVmId("a").build()))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("DEADLINE_EXCEEDED");
            assertThat(withdrawn.await(10, SECONDS)).isTrue();
        } finally {
            channel.shutdownNow().awaitTermination(10, SECONDS);
        }
    }

    @Test
    void aGrpcCallerMayLeave() throws Exception {
        ManagedChannel channel = running.channel();
        try {
            var call =
                    VmServiceGrpc.newFutureStub(channel)
                            .shutdownVm(ShutdownVmRequest.newBuilder().setVmId("a").build());
            running.vms.nextRun();
            call.cancel(true);
            assertThat(withdrawn.await(10, SECONDS)).isTrue();
        } finally {
            channel.shutdownNow().awaitTermination(10, SECONDS);
        }
    }

    @Test
    void anH2CallerMayLeave() throws Exception {
        try (JsonClient client = running.client(HttpClient.Version.HTTP_2)) {
            client.get("/health");
            var call =
                    client.http()
                            .sendAsync(client.post("ShutdownVm", BODY), BodyHandlers.ofString());
            running.vms.nextRun();
            call.cancel(true);
            assertThat(withdrawn.await(10, SECONDS)).isTrue();
        }
    }

    @Test
    void anH2ConnectionMayBreak() throws Exception {
        JsonClient client = running.client(HttpClient.Version.HTTP_2);
        client.get("/health");
        var _ = client.http().sendAsync(client.post("ShutdownVm", BODY), BodyHandlers.ofString());
        running.vms.nextRun();
        client.http().shutdownNow();
        assertThat(withdrawn.await(10, SECONDS)).isTrue();
    }

    @Test
    void anHttp1CallerMayHangUp() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    """
                    POST /vmm.v1.VmService/ShutdownVm HTTP/1.1\r
                    Host: x\r
                    Content-Type: application/json\r
                    Content-Length: %d\r
                    \r
                    %s"""
                            .formatted(BODY.length(), BODY)
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            running.vms.nextRun();
        }
        assertThat(withdrawn.await(10, SECONDS)).isTrue();
    }

    @Test
    void stoppingEndsCallsThatWait() throws Exception {
        try (JsonClient client = running.client(HttpClient.Version.HTTP_1_1)) {
            var call =
                    client.http()
                            .sendAsync(client.post("ShutdownVm", BODY), BodyHandlers.ofString());
            running.vms.nextRun();
            long before = System.nanoTime();
            running.close();
            Duration took = Duration.ofNanos(System.nanoTime() - before);
            assertThat(took).isLessThan(Duration.ofSeconds(5));
            assertThat(withdrawn.await(10, SECONDS)).isTrue();
            assertThat(call.get(10, SECONDS).statusCode()).isEqualTo(503);
            assertThat(json(call.get()).get("code").asString()).isEqualTo("unavailable");
        }
    }
}
