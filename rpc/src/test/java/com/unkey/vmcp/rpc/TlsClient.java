package com.unkey.vmcp.rpc;

import com.unkey.vmcp.rpc.tls.Authority;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** Clients that trust one authority and show one certificate, or none. */
final class TlsClient {

    private final SSLContext context;

    TlsClient(Authority trusted, Optional<X509Bundle> certificate) throws Exception {
        context = SSLContext.getInstance("TLS");
        context.init(
                certificate.isPresent()
                        ? certificate.get().toKeyManagerFactory().getKeyManagers()
                        : new KeyManager[0],
                new TrustManager[] {trusted.root().toTrustManager()},
                null);
    }

    SSLSocket connect(int port, String... protocols) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    /** Whose certificate the server shows on a new connection. */
    String served(int port) throws IOException {
        try (SSLSocket socket = connect(port)) {
            X509Certificate certificate =
                    (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return certificate.getSubjectX500Principal().getName();
        }
    }

    /** What a new connection answers to a GET, in bytes of HTTP/1.1. */
    String get(int port, String path, String... protocols) throws IOException {
        try (Wire wire = new Wire(connect(port, protocols))) {
            return wire.send(
                            "GET %s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
                                    .formatted(path))
                    .rest();
        }
    }

    HttpResponse<String> http(int port, HttpClient.Version version)
            throws IOException, InterruptedException {
        try (HttpClient http =
                HttpClient.newBuilder().sslContext(context).version(version).build()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/_/health"))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    BodyHandlers.ofString());
        }
    }
}
