package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.rpc.tls.Authority;
import com.unkey.vmcp.rpc.tls.PemDirectory;
import com.unkey.vmcp.testkit.process.Await;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that change while the server runs. */
class TlsReloadTest {

    private static final Duration INTERVAL = Duration.ofMillis(20);

    @TempDir Path directory;

    private final CapturedLog log = CapturedLog.of("com.unkey.vmcp.rpc.tls");
    private Authority authority;
    private PemDirectory pem;
    private RunningServer running;
    private int port;

    @BeforeEach
    void writePair() throws Exception {
        authority = new Authority("root");
        pem = new PemDirectory(directory).pair(authority.server("one")).clientCa(authority);
    }

    @AfterEach
    void stop() {
        if (running != null) {
            running.close();
        }
        log.close();
    }

    private void start(PemDirectory files) throws IOException {
        running = new RunningServer(settings -> settings.tls(files.files()).tlsInterval(INTERVAL));
        port = running.server.port();
    }

    private void startWithClientCa() throws IOException {
        running =
                new RunningServer(
                        settings -> settings.tls(pem.filesWithClientCa()).tlsInterval(INTERVAL));
        port = running.server.port();
    }

    @Test
    void newConnectionsGetTheNewPairAndOldOnesLive() throws Exception {
        start(pem);
        try (Wire old = new Wire(client().connect(port))) {
            pem.pair(authority.server("two"));
            awaitServed("CN=two");

            old.send("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
            assertThat(old.response()).startsWith("HTTP/1.1 200");
        }
        assertThat(log.messages())
                .anySatisfy(line -> assertThat(line).contains("reloaded", "CN=two", "valid until"));
    }

    @Test
    void garbageLeavesTheOldPairAndIsLoggedOnce() throws Exception {
        start(pem);
        pem.write("tls.key", "garbage");
        Await.until("warning", () -> !log.warnings().isEmpty());
        pem.write("tls.crt", "garbage");
        Await.until("another warning", () -> log.warnings().size() > 1);

        assertThat(client().served(port)).isEqualTo("CN=one");
        pem.pair(authority.server("two"));
        awaitServed("CN=two");
        assertThat(log.warnings())
                .hasSize(2)
                .first()
                .asString()
                .contains(pem.path("tls.key").toString(), "holds 0", "stays in use");
    }

    /** The new certificate is there and the new key is not: that is no pair, whatever else. */
    @Test
    void halfOfANewPairIsNeverUsed() throws Exception {
        start(pem);
        X509Bundle two = authority.server("two");
        pem.write("tls.crt", two.getCertificatePathPEM());
        Await.until("warning", () -> !log.warnings().isEmpty());
        assertThat(client().served(port)).isEqualTo("CN=one");

        pem.write("tls.key", two.getPrivateKeyPEM());
        awaitServed("CN=two");
        assertThat(log.warnings()).hasSize(1).first().asString().contains("is not the key of");
    }

    @Test
    void aFileThatIsGoneAndComesBackIsNoChange() throws Exception {
        start(pem);
        Path aside = pem.path("aside");
        Files.move(pem.path("tls.crt"), aside);
        Await.until("warning", () -> !log.warnings().isEmpty());
        assertThat(client().served(port)).isEqualTo("CN=one");
        Files.move(aside, pem.path("tls.crt"));

        Await.until("reload", () -> log.messages().stream().anyMatch(m -> m.contains("reloaded")));
        assertThat(client().served(port)).isEqualTo("CN=one");
        assertThat(log.warnings()).hasSize(1);
    }

    /**
     * As Kubernetes renews a mounted secret: one link to a directory takes the place of another.
     */
    @Test
    void aLinkMayBePutInPlaceOfAnother() throws Exception {
        Path first = Files.createDirectory(directory.resolve("..1"));
        Path second = Files.createDirectory(directory.resolve("..2"));
        new PemDirectory(first).pair(authority.server("first"));
        new PemDirectory(second).pair(authority.server("second"));
        Path data = Files.createSymbolicLink(directory.resolve("..data"), first);
        start(new PemDirectory(data));
        assertThat(client().served(port)).isEqualTo("CN=first");

        Path swap = Files.createSymbolicLink(directory.resolve("..swap"), second);
        Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);

        awaitServed("CN=second");
    }

    @Test
    void aFileMayBeWrittenInPlace() throws Exception {
        start(pem);
        X509Bundle two = authority.server("two");
        Files.writeString(pem.path("tls.crt"), two.getCertificatePathPEM());
        Files.writeString(pem.path("tls.key"), two.getPrivateKeyPEM());

        awaitServed("CN=two");
    }

    @Test
    void aNewClientCaHoldsForAllNewConnectionsEvenResumedOnes() throws Exception {
        startWithClientCa();
        Authority next = new Authority("next");
        TlsClient before = new TlsClient(authority, Optional.of(authority.client("before")));
        TlsClient after = new TlsClient(authority, Optional.of(next.client("after")));
        assertThat(before.get(port, "/health")).startsWith("HTTP/1.1 200");
        assertThatThrownBy(() -> after.get(port, "/health")).isInstanceOf(IOException.class);

        try (Wire open = new Wire(before.connect(port))) {
            pem.clientCa(next);
            Await.until("new CA", () -> after.get(port, "/health").startsWith("HTTP/1.1 200"));
            // The same context as before: it has a session to resume.
            assertThatThrownBy(() -> before.get(port, "/health")).isInstanceOf(IOException.class);
            open.send("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
            assertThat(open.response()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aClientCaThatIsNoneKeepsTheOldOne() throws Exception {
        startWithClientCa();
        pem.write("ca.crt", "");
        Await.until("warning", () -> !log.warnings().isEmpty());

        TlsClient alice = new TlsClient(authority, Optional.of(authority.client("alice")));
        assertThat(alice.get(port, "/health")).startsWith("HTTP/1.1 200");
        assertThat(log.warnings().getFirst()).contains("ca.crt", "holds no certificate");
    }

    private void awaitServed(String name) {
        Await.until("certificate of " + name, () -> client().served(port).equals(name));
    }

    private TlsClient client() throws Exception {
        return new TlsClient(authority, Optional.empty());
    }
}
