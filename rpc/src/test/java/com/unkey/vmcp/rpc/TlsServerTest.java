package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.rpc.tls.Authority;
import com.unkey.vmcp.rpc.tls.PemDirectory;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A port with a certificate, and with a CA for those of clients. */
class TlsServerTest {

    private static final String OK = "HTTP/1.1 200";

    @TempDir Path directory;

    private Authority authority;
    private Authority clients;
    private PemDirectory pem;
    private RunningServer running;
    private int port;

    @BeforeEach
    void writePair() throws Exception {
        authority = new Authority("server root");
        clients = new Authority("client root");
        pem = new PemDirectory(directory).pair(authority.server("one")).clientCa(clients);
    }

    @AfterEach
    void stop() {
        if (running != null) {
            running.close();
        }
    }

    private void start() throws IOException {
        running = new RunningServer(settings -> settings.tls(pem.files()));
        port = running.server.port();
    }

    private void startWithClientCa() throws IOException {
        running = new RunningServer(settings -> settings.tls(pem.filesWithClientCa()));
        port = running.server.port();
    }

    @ParameterizedTest
    @EnumSource
    void bothVersionsOfHttpAreSpoken(HttpClient.Version version) throws Exception {
        start();

        HttpResponse<String> response = nobody().http(port, version);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothVersionsOfTlsAreSpoken(String version) throws Exception {
        start();

        assertThat(nobody().get(port, "/health", version)).startsWith(OK);
    }

    @Test
    void plaintextIsToldWhereItIs() throws Exception {
        start();

        try (Wire wire = Wire.to(port)) {
            wire.send("POST /vmm.v1.VmService/ListVms HTTP/1.1\r\nhost: x\r\n")
                    .send("content-length: 2\r\n\r\n{}");
            assertThat(wire.rest())
                    .isEqualTo(
                            """
                            HTTP/1.0 400 Bad Request\r
                            \r
                            Client sent an HTTP request to an HTTPS server.
                            """);
        }
        assertThat(nobody().get(port, "/health")).startsWith(OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0\0\0\0\0", "SSH-2.0-x\r\n"})
    void whatIsNeitherTlsNorHttpIsHungUpOn(String bytes) throws Exception {
        start();

        try (Wire wire = Wire.to(port)) {
            assertThat(wire.send(bytes).rest()).isEmpty();
        }
    }

    @Test
    void tlsIsNotSpokenWithoutCertificate() throws Exception {
        running = new RunningServer();

        assertThatThrownBy(() -> nobody().connect(running.server.port()))
                .isInstanceOf(SSLException.class);
        try (JsonClient client = running.client(HttpClient.Version.HTTP_1_1)) {
            assertThat(client.get("/health").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aClientWithACertificateIsServed(String version) throws Exception {
        startWithClientCa();

        assertThat(with(clients.client("alice")).get(port, "/_/health", version)).startsWith(OK);
        assertThat(with(clients.client("alice")).http(port, HttpClient.Version.HTTP_2).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void nobodyElseReachesAnything(String version) throws Exception {
        startWithClientCa();

        turnedAway(nobody(), version);
        turnedAway(with(authority.client("signed by the server's CA")), version);
        turnedAway(with(clients.client("old", Instant.now().minus(Duration.ofDays(1)))), version);
        turnedAway(with(clients.server("not a client's")), version);
        assertThat(with(clients.client("alice")).get(port, "/health", version)).startsWith(OK);
    }

    /** The JDK takes what is in its trust store without a look at the date. */
    @Test
    void aCertificateThatIsItsOwnCaExpiresAllTheSame() throws Exception {
        X509Bundle own =
                new io.netty.pkitesting.CertificateBuilder()
                        .ecp256()
                        .subject("CN=own")
                        .setIsCertificateAuthority(true)
                        .notBefore(Instant.now().minus(Duration.ofDays(2)))
                        .notAfter(Instant.now().minus(Duration.ofDays(1)))
                        .buildSelfSigned();
        pem.write("ca.crt", own.getCertificatePEM());
        startWithClientCa();

        turnedAway(with(own), "TLSv1.3");
    }

    private void turnedAway(TlsClient client, String version) {
        assertThatThrownBy(() -> client.get(port, "/_/health", version))
                .isInstanceOf(IOException.class);
    }

    private TlsClient nobody() throws Exception {
        return new TlsClient(authority, Optional.empty());
    }

    private TlsClient with(X509Bundle certificate) throws Exception {
        return new TlsClient(authority, Optional.of(certificate));
    }
}
