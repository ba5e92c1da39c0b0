package com.unkey.vmcp.rpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.function.Consumer;

/** A server on a free port of the loopback interface, on a fake control plane. */
final class RunningServer implements AutoCloseable {

    static final int MAX_MESSAGE_BYTES = 64 * 1024;

    final FakeVms vms = new FakeVms();
    final VmServer server;

    RunningServer() throws IOException {
        this(_ -> {});
    }

    /** With settings that differ from what suits most tests. */
    RunningServer(Consumer<ServerSettings.Builder> change) throws IOException {
        ServerSettings.Builder settings =
                ServerSettings.builder(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "1.2.3")
                        .maxMessageBytes(MAX_MESSAGE_BYTES)
                        .bodyTimeout(Duration.ofSeconds(5))
                        .idleTimeout(Duration.ofMinutes(1))
                        .stopTimeout(Duration.ofSeconds(1));
        change.accept(settings);
        server = VmServer.start(vms, settings.build());
    }

    JsonClient client(HttpClient.Version version) {
        return new JsonClient(server.port(), version);
    }

    ManagedChannel channel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    }

    @Override
    public void close() {
        server.close();
    }
}
