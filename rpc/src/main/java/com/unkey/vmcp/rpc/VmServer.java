package com.unkey.vmcp.rpc;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.unkey.vmcp.connect.ConnectOptions;
import com.unkey.vmcp.connect.ConnectService;
import com.unkey.vmcp.core.control.VmOperations;
import com.unkey.vmcp.rpc.transport.Transport;
import io.grpc.ServerServiceDefinition;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The API in Connect, gRPC and gRPC-Web, with health and, where wanted, reflection, on one port
 * and, where wanted, on a unix socket beside it. Listens from {@link #start} to {@link #close}.
 */
public final class VmServer implements AutoCloseable {

    /** About what one TCP segment carries over Ethernet. */
    private static final int ONE_SEGMENT = 1_400;

    /** How long answers may take to reach the callers who were told that the server stops. */
    private static final Duration TELLING = Duration.ofSeconds(2);

    private final Transport transport;
    private final ServerSettings settings;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rpc").factory());
    private final VmEndpoint endpoint;
    private final GrpcHealth health;
    private final ConnectService calls;
    private final Server server;

    private VmServer(VmOperations vms, ServerSettings settings, Transport transport) {
        this.settings = settings;
        this.transport = transport;
        this.endpoint = new VmEndpoint(vms, threads);
        this.health = GrpcHealth.start(vms::health, settings.healthInterval());
        this.calls = ConnectService.of(services(), options());
        this.server = build(new HealthService(vms::health, settings.version(), threads));
    }

    /**
     * Starts to listen.
     *
     * @throws IOException naming what cannot be listened on, or the file that cannot be used
     */
    public static VmServer start(VmOperations vms, ServerSettings settings) throws IOException {
        ArmeriaTuning.apply();
        Transport transport = Transport.open(settings.transport());
        VmServer server = new VmServer(vms, settings, transport);
        try {
            transport.start(server.server);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private List<ServerServiceDefinition> services() {
        List<ServerServiceDefinition> services =
                List.of(endpoint.bindService(), health.bindService());
        return settings.reflection() ? Reflection.with(services) : services;
    }

    private ConnectOptions options() {
        return ConnectOptions.builder(threads)
                .maxMessageBytes(settings.calls().maxMessageBytes())
                .maxCalls(settings.calls().maxCalls())
                .bodyTimeout(settings.calls().bodyTimeout())
                .fieldNames(settings.calls().fieldNames())
                // What fits into one segment gains nothing by being smaller.
                .compressFromBytes(ONE_SEGMENT)
                .build();
    }

    private Server build(HealthService page) {
        ServerBuilder builder =
                Server.builder()
                        .service(calls)
                        .service("/_/health", page)
                        .service("/health", HealthService.alive())
                        .serviceUnder("/", ConnectService.notFound(options()))
                        // A call may wait for an hour; its own deadline ends it.
                        .requestTimeout(Duration.ZERO)
                        .maxRequestLength(0)
                        // Clients that leave are no news.
                        .unloggedExceptionsReportInterval(Duration.ZERO)
                        .disableServerHeader();
        if (!settings.browsers().isEmpty()) {
            builder.decorator(new Cors(settings.browsers()));
        }
        transport.configure(builder);
        return builder.build();
    }

    /** TCP port it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    /** How many watch the health. */
    int watching() {
        return health.watching();
    }

    /**
     * Stops to listen, ends streams, waits for other calls under way as long as the settings say,
     * tells the rest, ends all connections.
     */
    @Override
    public void close() {
        Future<?> drained = transport.drain();
        calls.drain();
        if (!ends(drained, settings.stopTimeout())) {
            endpoint.stop();
            ends(drained, TELLING);
        }
        server.stop().join();
        transport.close();
        health.close();
        endSoon(threads);
    }

    private static boolean ends(Future<?> drained, Duration limit) {
        return drained.awaitUninterruptibly(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void endSoon(ExecutorService threads) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
