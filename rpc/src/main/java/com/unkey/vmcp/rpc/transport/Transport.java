package com.unkey.vmcp.rpc.transport;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerPort;
import com.unkey.vmcp.rpc.tls.Tls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that is between the sockets and the services of a server. */
public final class Transport implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

    /** Go's limits are far above Armeria's 4 and 8 KiB, and GET requests carry messages. */
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    /** Clients that give up calls send as many resets; the default would end their connection. */
    private static final int MAX_RESETS = 100_000;

    private static final int RESET_WINDOW_SECONDS = 60;

    /** How long a client may leave what was sent to it unacknowledged. */
    private static final int GONE_MILLIS = 60_000;

    /** As many as Netty itself puts together while it reads. */
    private static final int FLUSHES_TOGETHER = 256;

    private final TransportSettings settings;
    private final Optional<Tls> tls;
    private final Optional<UnixSocket> socket;
    private final EventLoops loops = new EventLoops();
    private final Connections connections = new Connections();

    private Transport(TransportSettings settings, Optional<Tls> tls, Optional<UnixSocket> socket) {
        this.settings = settings;
        this.tls = tls;
        this.socket = socket;
    }

    /**
     * Reads certificates and claims paths. Nothing is listened on yet.
     *
     * @throws IOException naming the file that cannot be used and saying why
     */
    public static Transport open(TransportSettings settings) throws IOException {
        Optional<Tls> tls =
                settings.tls().isPresent()
                        ? Optional.of(Tls.open(settings.tls().get(), settings.tlsInterval()))
                        : Optional.empty();
        try {
            Optional<UnixSocket> socket =
                    settings.socket().isPresent()
                            ? Optional.of(UnixSocket.claim(settings.socket().get()))
                            : Optional.empty();
            return new Transport(settings, tls, socket);
        } catch (IOException | RuntimeException e) {
            tls.ifPresent(Tls::close);
            throw e;
        }
    }

    /** Sets ports, threads and limits; the builder must be built and started once. */
    public void configure(ServerBuilder server) {
        server.port(
                settings.address(), tls.isPresent() ? SessionProtocol.HTTPS : SessionProtocol.HTTP);
        tls.ifPresent(files -> files.configure(server));
        socket.ifPresent(
                path ->
                        server.port(
                                new ServerPort(
                                        DomainSocketAddress.of(path.bindable()),
                                        SessionProtocol.HTTP)));
        server.workerGroup(loops, true)
                .bossGroupFactory(_ -> loops)
                .childChannelPipelineCustomizer(this::prepare);
        limit(server);
    }

    private void limit(ServerBuilder server) {
        server.http1MaxInitialLineLength(MAX_HEADER_BYTES)
                .http1MaxHeaderSize(MAX_HEADER_BYTES)
                .http2MaxHeaderListSize(MAX_HEADER_BYTES)
                .http2MaxResetFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                .http2MaxStreamsPerConnection(settings.maxStreams())
                .maxNumConnections(settings.maxConnections())
                .idleTimeout(settings.idleTimeout())
                // Whoever is to be told that the connection ends has been told by drain().
                .connectionDrainDuration(Duration.ZERO);
    }

    private void prepare(ChannelPipeline pipeline) {
        connections.add(pipeline.channel());
        flushTogether(pipeline);
        if (pipeline.channel() instanceof EpollSocketChannel tcp) {
            tcp.config().setTcpUserTimeout(GONE_MILLIS);
        }
        boolean clear = tls.isEmpty() || pipeline.channel() instanceof DomainSocketChannel;
        if (clear) {
            pipeline.addFirst(HeaderDeadline.inTheClear(settings.headerTimeout()));
            return;
        }
        ChannelHandlerContext hello = pipeline.context(SslClientHelloHandler.class);
        pipeline.addAfter(hello.name(), null, HeaderDeadline.behindTls(settings.headerTimeout()));
        pipeline.addFirst(new PlaintextRefusal());
    }

    /**
     * Answers come from other threads, while nothing is read: Armeria would make a system call for
     * each of them, a third of the cost of a small call over HTTP/2. This one sends what an event
     * loop has for a connection once it has nothing else to do, or after so many.
     */
    private static void flushTogether(ChannelPipeline pipeline) {
        pipeline.replace(
                FlushConsolidationHandler.class,
                null,
                new FlushConsolidationHandler(FLUSHES_TOGETHER, true));
    }

    /**
     * Begins to listen.
     *
     * @throws IOException naming address and port, or the path, where it cannot
     */
    public void start(Server server) throws IOException {
        try {
            server.start().join();
        } catch (CompletionException e) {
            throw new IOException(
                    "cannot listen on %s port %d: %s"
                            .formatted(
                                    settings.address().getHostString(),
                                    settings.address().getPort(),
                                    rootMessage(e)),
                    e);
        }
        if (socket.isPresent()) {
            socket.get().publish();
        }
    }

    /**
     * Stops to listen, and ends all connections at rest; calls under way go on.
     *
     * @return ends with the last connection
     */
    public Future<?> drain() {
        closeSocket();
        loops.stopListening();
        return connections.drain();
    }

    private void closeSocket() {
        socket.ifPresent(
                path -> {
                    try {
                        path.close();
                    } catch (IOException e) {
                        LOG.warn("cannot remove the unix socket", new UncheckedIOException(e));
                    }
                });
    }

    /** For after the server's end. */
    @Override
    public void close() {
        closeSocket();
        tls.ifPresent(Tls::close);
        var _ = loops.shutdownGracefully();
    }

    private static String rootMessage(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
