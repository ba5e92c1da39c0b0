package com.unkey.vmcp.connect.wire;

import com.google.protobuf.DurationProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.WrappersProto;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.server.Server;
import com.unkey.vmcp.connect.ConnectOptions;
import com.unkey.vmcp.connect.ConnectService;
import com.unkey.vmcp.connect.testing.v1.Testing;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** The engine on Armeria, on a free port of the loopback interface. */
public final class EngineServer implements AutoCloseable {

    private static final int MAX_HEADER_BYTES = 64 * 1024;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConnectService service;
    private final Server server;

    private EngineServer(
            List<ServerServiceDefinition> services,
            UnaryOperator<ConnectOptions.Builder> settings) {
        ConnectOptions options =
                settings.apply(ConnectOptions.builder(threads).types(types())).build();
        service = ConnectService.of(services, options);
        // Loops that end at once: all connections are closed by then.
        EventLoopGroup loops =
                EventLoopGroups.builder()
                        .numThreads(2)
                        .gracefulShutdown(Duration.ZERO, Duration.ofSeconds(1))
                        .build();
        server =
                Server.builder()
                        .port(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                SessionProtocol.HTTP)
                        .workerGroup(loops, true)
                        .bossGroupFactory(_ -> loops)
                        .requestTimeout(Duration.ZERO)
                        .maxRequestLength(0)
                        .http1MaxInitialLineLength(MAX_HEADER_BYTES)
                        .http1MaxHeaderSize(MAX_HEADER_BYTES)
                        .http2MaxHeaderListSize(MAX_HEADER_BYTES)
                        .http2MaxResetFramesPerWindow(1_000_000, 60)
                        .disableServerHeader()
                        .service(service)
                        .serviceUnder("/", ConnectService.notFound(options))
                        .build();
        server.start().join();
    }

    private static TypeRegistry types() {
        return TypeRegistry.newBuilder()
                .add(Testing.getDescriptor().getMessageTypes())
                .add(DurationProto.getDescriptor().getMessageTypes())
                .add(TimestampProto.getDescriptor().getMessageTypes())
                .add(StructProto.getDescriptor().getMessageTypes())
                .add(WrappersProto.getDescriptor().getMessageTypes())
                .build();
    }

    /** Serves the test service, with messages up to a limit. */
    public static EngineServer ofTestService(int maxMessageBytes) {
        ServerServiceDefinition service =
                ServerInterceptors.intercept(new TestService(), new CallHeaders());
        return of(options -> options.maxMessageBytes(maxMessageBytes), service);
    }

    /** Serves other services, with these changes to the engine's defaults. */
    public static EngineServer of(
            UnaryOperator<ConnectOptions.Builder> settings, ServerServiceDefinition... services) {
        return new EngineServer(List.of(services), settings);
    }

    public int port() {
        return server.activeLocalPort();
    }

    public ConnectService service() {
        return service;
    }

    @Override
    public void close() {
        server.stop().join();
        threads.shutdownNow();
    }
}
