package com.unkey.vmcp.rpc;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.ThreadFactories;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.unkey.vmcp.connect.ConnectOptions;
import com.unkey.vmcp.connect.ConnectService;
import com.unkey.vmcp.core.control.VmOperations;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The API on one port: Connect, gRPC and gRPC-Web over HTTP/1.1 or h2c, with the health pages
 * beside it. Listens from {@link #start} to {@link #close}.
 */
public final class VmServer implements AutoCloseable {

    private static final int IO_THREADS = 2;
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    /** About what one TCP segment carries over Ethernet. */
    private static final int ONE_SEGMENT = 1_400;

    /** Clients that give up calls send as many resets; the default would end their connection. */
    private static final int MAX_RESETS = 100_000;

    private static final int RESET_WINDOW_SECONDS = 60;

    /** At stop, calls must have been quiet for this long; more only delays. */
    private static final Duration QUIET = Duration.ofMillis(1);

    /** How long answers may take to reach the callers who were told that the server stops. */
    private static final Duration TELLING = Duration.ofSeconds(2);

    private final Server server;
    private final VmEndpoint endpoint;
    private final ExecutorService threads;
    private final Duration stopTimeout;

    private VmServer(
            Server server, VmEndpoint endpoint, ExecutorService threads, Duration stopTimeout) {
        this.server = server;
        this.endpoint = endpoint;
        this.threads = threads;
        this.stopTimeout = stopTimeout;
    }

    /**
     * Starts to listen.
     *
     * @throws IOException naming address and port where it cannot listen there
     */
    public static VmServer start(VmOperations vms, ServerSettings settings) throws IOException {
        ArmeriaTuning.apply();
        ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rpc-", 0).factory());
        VmEndpoint endpoint = new VmEndpoint(vms, threads);
        Server http = build(vms, endpoint.bindService(), settings, threads);
        VmServer server = new VmServer(http, endpoint, threads, settings.stopTimeout());
        try {
            server.server.start().join();
            return server;
        } catch (CompletionException e) {
            server.close();
            throw new IOException(
                    "cannot listen on %s port %d: %s"
                            .formatted(
                                    settings.address().getHostString(),
                                    settings.address().getPort(),
                                    rootMessage(e)),
                    e);
        }
    }

    private static Server build(
            VmOperations vms,
            ServerServiceDefinition calls,
            ServerSettings settings,
            ExecutorService threads) {
        ConnectOptions options =
                ConnectOptions.builder(threads)
                        .maxMessageBytes(settings.maxMessageBytes())
                        .bodyTimeout(settings.bodyTimeout())
                        .fieldNames(settings.fieldNames())
                        // What fits into one segment gains nothing by being smaller.
                        .compressFromBytes(ONE_SEGMENT)
                        .build();
        EventLoopGroup loops = loops();
        ServerBuilder builder =
                Server.builder()
                        .port(settings.address(), SessionProtocol.HTTP)
                        .workerGroup(loops, true)
                        .bossGroupFactory(_ -> loops)
                        .service(ConnectService.of(List.of(calls), options))
                        .service(
                                "/_/health",
                                new HealthService(vms::health, settings.version(), threads))
                        .service("/health", HealthService.alive())
                        .serviceUnder("/", ConnectService.notFound(options));
        limits(builder, settings);
        return builder.build();
    }

    /** Event loops that end at once when they are told to: all connections are closed by then. */
    private static EventLoopGroup loops() {
        return EventLoopGroups.builder()
                .numThreads(IO_THREADS)
                .threadFactory(ThreadFactories.newEventLoopThreadFactory("rpc-io", false))
                .gracefulShutdown(Duration.ZERO, Duration.ofSeconds(1))
                .build();
    }

    private static void limits(ServerBuilder builder, ServerSettings settings) {
        builder.http1MaxInitialLineLength(MAX_HEADER_BYTES)
                .http1MaxHeaderSize(MAX_HEADER_BYTES)
                .http2MaxHeaderListSize(MAX_HEADER_BYTES)
                .http2MaxResetFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                // A call may wait for an hour; its own deadline ends it.
                .requestTimeout(Duration.ZERO)
                .maxRequestLength(0)
                .idleTimeout(settings.idleTimeout())
                .gracefulShutdownTimeout(QUIET, settings.stopTimeout().plus(TELLING))
                .disableServerHeader();
    }

    /** Port it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    /** Waits for calls under way as long as the settings say, tells the rest, stops listening. */
    @Override
    public void close() {
        CompletableFuture<Void> stopped = server.stop();
        CompletableFuture.delayedExecutor(stopTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .execute(endpoint::stop);
        stopped.join();
        endSoon(threads);
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

    private static String rootMessage(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
