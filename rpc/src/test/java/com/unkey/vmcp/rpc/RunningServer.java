package com.unkey.vmcp.rpc;

import com.unkey.vmcp.connect.FieldNames;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Duration;

/** A server on a free port of the loopback interface, on a fake control plane. */
final class RunningServer implements AutoCloseable {

    static final int MAX_MESSAGE_BYTES = 64 * 1024;

    final FakeVms vms = new FakeVms();
    final VmServer server;

    RunningServer() throws IOException {
        this(Duration.ofMinutes(1));
    }

    RunningServer(Duration idleTimeout) throws IOException {
        server =
                VmServer.start(
                        vms,
                        new ServerSettings(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                "1.2.3",
                                FieldNames.PROTO,
                                MAX_MESSAGE_BYTES,
                                Duration.ofSeconds(5),
                                idleTimeout,
                                Duration.ofSeconds(1)));
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
