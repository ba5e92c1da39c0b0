package com.unkey.vmcp.conformance;

import com.google.protobuf.ByteString;
import com.google.protobuf.TypeRegistry;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.unkey.vmcp.connect.ConnectOptions;
import com.unkey.vmcp.connect.ConnectService;
import connectrpc.conformance.v1.ConfigOuterClass.TLSCreds;
import connectrpc.conformance.v1.ServerCompat.ServerCompatRequest;
import connectrpc.conformance.v1.ServerCompat.ServerCompatResponse;
import connectrpc.conformance.v1.Service;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The suite's service on a free port of the loopback, with every protocol and HTTP version on it:
 * the suite allows a server to speak more than a configuration asks for.
 */
final class ConformanceServer implements AutoCloseable {

    static final String HOST = "127.0.0.1";
    private static final int MAX_HEADER_BYTES = 64 * 1024;

    private final Server server;
    private final ByteString certificate;

    private ConformanceServer(Server server, ByteString certificate) {
        this.server = server;
        this.certificate = certificate;
    }

    /**
     * Starts to listen as configured; the certificate and key of the configuration are used.
     *
     * @param handlers run the methods, and may be blocked by them
     */
    static ConformanceServer start(ServerCompatRequest wanted, Executor handlers) {
        ConnectOptions options = options(wanted, handlers);
        ServerBuilder builder =
                Server.builder()
                        .http1MaxInitialLineLength(MAX_HEADER_BYTES)
                        .http1MaxHeaderSize(MAX_HEADER_BYTES)
                        .http2MaxHeaderListSize(MAX_HEADER_BYTES)
                        .requestTimeout(Duration.ZERO)
                        .maxRequestLength(0)
                        // Many tests let a client give up.
                        .unloggedExceptionsReportInterval(Duration.ZERO)
                        .service(ConnectService.of(List.of(calls()), options))
                        .serviceUnder("/", ConnectService.notFound(options));
        listen(builder, wanted);
        Server server = builder.build();
        server.start().join();
        return new ConformanceServer(server, wanted.getServerCreds().getCert());
    }

    private static ServerServiceDefinition calls() {
        return ServerInterceptors.intercept(new ConformanceCalls(), new CallScopes());
    }

    private static ConnectOptions options(ServerCompatRequest wanted, Executor handlers) {
        ConnectOptions.Builder options =
                ConnectOptions.builder(handlers)
                        .types(
                                TypeRegistry.newBuilder()
                                        .add(Service.getDescriptor().getMessageTypes())
                                        .build());
        if (wanted.getMessageReceiveLimit() != 0) {
            options.maxMessageBytes(wanted.getMessageReceiveLimit());
        }
        return options.build();
    }

    private static void listen(ServerBuilder builder, ServerCompatRequest wanted) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(HOST), 0);
        if (!wanted.getUseTls()) {
            builder.port(address, SessionProtocol.HTTP);
            return;
        }
        TLSCreds own = wanted.getServerCreds();
        builder.port(address, SessionProtocol.HTTPS)
                .tls(TlsKeyPair.of(own.getKey().newInput(), own.getCert().newInput()));
        if (!wanted.getClientTlsCert().isEmpty()) {
            builder.tlsCustomizer(tls -> requireClients(tls, wanted.getClientTlsCert()));
        }
    }

    private static void requireClients(SslContextBuilder tls, ByteString trusted) {
        tls.clientAuth(ClientAuth.REQUIRE).trustManager(trusted.newInput());
    }

    /** Where it listens, and the certificate that clients will see. */
    ServerCompatResponse response() {
        return ServerCompatResponse.newBuilder()
                .setHost(HOST)
                .setPort(server.activeLocalPort())
                .setPemCert(certificate)
                .build();
    }

    @Override
    public void close() {
        server.stop().join();
    }
}
