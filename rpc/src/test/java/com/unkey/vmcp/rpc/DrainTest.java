package com.unkey.vmcp.rpc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.api.v1.BootVmRequest;
import com.unkey.vmcp.api.v1.BootVmResponse;
import com.unkey.vmcp.api.v1.VmServiceGrpc;
import com.unkey.vmcp.core.vm.VmState;
import com.unkey.vmcp.testkit.process.Await;
import io.grpc.ManagedChannel;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server that is told to stop does with those who are connected. */
class DrainTest {

    private static final int GOAWAY = 7;
    private static final String GET = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";
    private static final String BOOT =
            """
            POST /vmm.v1.VmService/BootVm HTTP/1.1\r
            host: x\r
            content-type: application/json\r
            content-length: 14\r
            \r
            {"vm_id":"v1"}""";

    private final CompletableFuture<VmState.Kind> boot = new CompletableFuture<>();

    @Test
    void callsUnderWayEndWellAndNobodyNewIsLetIn() throws Exception {
        RunningServer running = slow();
        int port = running.server.port();
        try (Wire caller = Wire.to(port);
                Wire idle = Wire.to(port)) {
            assertThat(idle.send(GET).response()).startsWith("HTTP/1.1 200");
            caller.send(BOOT);
            running.vms.nextRun();

            CompletableFuture<Void> closing = CompletableFuture.runAsync(running::close);
            assertThat(idle.rest()).as("connection at rest").isEmpty();
            Await.until("refusal", () -> refused(port));
            assertThat(closing).isNotDone();
            boot.complete(VmState.Kind.RUNNING);
            assertThat(caller.response()).startsWith("HTTP/1.1 200").contains("RUNNING");
            assertThat(caller.rest()).isEmpty();
            closing.get(10, SECONDS);
        }
    }

    @Test
    void grpcCallsUnderWayEndWell() throws Exception {
        RunningServer running = slow();
        ManagedChannel channel = running.channel();
        try {
            Future<BootVmResponse> call =
                    VmServiceGrpc.newFutureStub(channel)
                            .bootVm(BootVmRequest.newBuilder().setVmId("v1").build());
            running.vms.nextRun();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(running::close);
            Await.until("refusal", () -> refused(running.server.port()));
            boot.complete(VmState.Kind.RUNNING);
            assertThat(call.get(10, SECONDS).getState())
                    .isEqualTo(com.unkey.vmcp.api.v1.VmState.VM_STATE_RUNNING);
            closing.get(10, SECONDS);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void anHttp2ConnectionAtRestIsToldToGo() throws Exception {
        RunningServer running = new RunningServer();
        try (Wire wire = Wire.to(running.server.port())) {
            wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0");
            // Its settings and the acknowledgement of ours: the connection is at rest.
            assertThat(frame(new DataInputStream(wire.in()))).isEqualTo(4);
            running.close();
            assertThat(frames(wire.rest())).contains(GOAWAY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {GET, "GET /_/health HTTP/1.1\r\nconnection: close\r\nhost: x\r\n\r\n"})
    void stoppingIsQuickWhereNothingIsUnderWay(String request) throws Exception {
        RunningServer running = new RunningServer();
        try (Wire wire = Wire.to(running.server.port())) {
            assertThat(wire.send(request).response()).startsWith("HTTP/1.1 200");
            long begun = System.nanoTime();
            running.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofMillis(1500));
        }
    }

    private RunningServer slow() throws IOException {
        RunningServer running =
                new RunningServer(settings -> settings.stopTimeout(Duration.ofSeconds(10)));
        running.vms.hanging = Optional.of(boot);
        return running;
    }

    private static boolean refused(int port) throws IOException {
        try (Wire _ = Wire.to(port)) {
            return false;
        } catch (ConnectException e) {
            return true;
        }
    }

    private static List<Integer> frames(String bytes) throws IOException {
        List<Integer> types = new ArrayList<>();
        DataInputStream in =
                new DataInputStream(
                        new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1)));
        while (in.available() > 0) {
            types.add(frame(in));
        }
        return types;
    }

    /** Reads one frame; its type. */
    private static int frame(DataInputStream in) throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.skipNBytes(5L + length);
        return type;
    }
}
