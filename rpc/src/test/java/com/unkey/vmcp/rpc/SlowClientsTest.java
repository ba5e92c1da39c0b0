package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.unkey.vmcp.core.vm.VmState;
import com.unkey.vmcp.rpc.tls.Authority;
import com.unkey.vmcp.rpc.tls.PemDirectory;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take their time over headers, and those who merely wait. */
class SlowClientsTest {

    private static final Duration LIMIT = Duration.ofMillis(300);
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";
    private static final String GET = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";

    @TempDir Path directory;

    private RunningServer running;
    private int port;

    @BeforeEach
    void start() throws IOException {
        running = new RunningServer(settings -> settings.headerTimeout(LIMIT));
        port = running.server.port();
    }

    @AfterEach
    void stop() {
        running.close();
    }

    @Test
    void aRequestLineThatNeverEndsIsAnswered408() throws Exception {
        try (Wire wire = Wire.to(port)) {
            assertThat(dribbled(wire.send("GET /health HTTP/1.1\r\n"), "x: y\r\n"))
                    .startsWith("HTTP/1.1 408 Request Timeout\r\n")
                    .contains("connection: close");
        }
    }

    @Test
    void tooLittleToTellTheProtocolIsCutOff() throws Exception {
        try (Wire wire = Wire.to(port)) {
            assertThat(wire.send("G").rest()).isEmpty();
        }
    }

    @Test
    void laterRequestsAreNoBetter() throws Exception {
        try (Wire wire = Wire.to(port)) {
            assertThat(wire.send(GET).response()).startsWith("HTTP/1.1 200");
            assertThat(wire.send(GET).response()).startsWith("HTTP/1.1 200");
            assertThat(dribbled(wire.send("GET /he"), "a")).startsWith("HTTP/1.1 408");
        }
    }

    @Test
    void aConnectionAtRestIsLeftAlone() throws Exception {
        try (Wire wire = Wire.to(port)) {
            stays(wire);
            assertThat(wire.send(GET + "\r\n").response()).startsWith("HTTP/1.1 200");
            stays(wire);
            assertThat(wire.send(GET).response()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aLongCallIsLeftAlone() throws Exception {
        CompletableFuture<VmState.Kind> boot = new CompletableFuture<>();
        running.vms.hanging = Optional.of(boot);
        try (Wire wire = Wire.to(port)) {
            wire.send(
                    """
                    POST /vmm.v1.VmService/BootVm HTTP/1.1\r
                    host: x\r
                    content-type: application/json\r
                    content-length: 14\r
                    \r
                    {"vm_id":"v1"}""");
            running.vms.nextRun();
            stays(wire);
            boot.complete(VmState.Kind.RUNNING);
            assertThat(wire.response()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aPrefaceThatNeverEndsIsCutOff() throws Exception {
        try (Wire wire = Wire.to(port)) {
            wire.send(PREFACE.substring(0, 20)).rest();
        }
    }

    @Test
    void headersOfHttp2ThatNeverEndAreCutOff() throws Exception {
        try (Wire wire = Wire.to(port)) {
            // HEADERS without END_HEADERS, then CONTINUATIONs without end, each whole.
            String headers = "\0\0\1\1\1\0\0\0\1\u0082";
            String continuation = "\0\0\1\11\0\0\0\0\1\u0084";
            dribbled(wire.send(PREFACE + SETTINGS + headers), continuation);
        }
        try (Wire wire = Wire.to(port)) {
            wire.send(PREFACE + SETTINGS + "\0\0\100\1").rest();
        }
    }

    @Test
    void anHttp2ConnectionAtRestIsLeftAlone() throws Exception {
        try (Wire wire = Wire.to(port)) {
            wire.send(PREFACE + SETTINGS);
            wire.in().readNBytes(9);
            staysOpen(wire);
        }
    }

    /** The JDK's client asks for HTTP/2 in its first request, and goes on in it. */
    @Test
    void anUpgradedConnectionIsLeftAlone() throws Exception {
        CompletableFuture<VmState.Kind> boot = new CompletableFuture<>();
        running.vms.hanging = Optional.of(boot);
        try (JsonClient client = running.client(HttpClient.Version.HTTP_2)) {
            assertThat(client.get("/health").version()).isEqualTo(HttpClient.Version.HTTP_2);
            boot.completeOnTimeout(
                    VmState.Kind.RUNNING, 3 * LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(client.call("BootVm", "{\"vm_id\":\"v1\"}").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aHandshakeThatNeverBeginsOrNeverEndsIsCutOff() throws Exception {
        Authority authority = new Authority("root");
        PemDirectory pem = new PemDirectory(directory).pair(authority.server("one"));
        try (RunningServer tls =
                new RunningServer(settings -> settings.headerTimeout(LIMIT).tls(pem.files()))) {
            try (Wire wire = Wire.to(tls.server.port())) {
                assertThat(wire.rest()).isEmpty();
            }
            try (Wire wire = Wire.to(tls.server.port())) {
                wire.send("\26\3\1\2\0\1").rest();
            }
        }
    }

    /** A first handshake takes its time. */
    @Test
    void headersBehindTlsHaveTheSameLimit() throws Exception {
        Authority authority = new Authority("root");
        PemDirectory pem = new PemDirectory(directory).pair(authority.server("one"));
        TlsClient client = new TlsClient(authority, Optional.empty());
        Duration limit = Duration.ofSeconds(2);
        try (RunningServer tls =
                        new RunningServer(
                                settings -> settings.headerTimeout(limit).tls(pem.files()));
                Wire wire = new Wire(client.connect(tls.server.port()))) {
            stays(wire, limit.plusMillis(200));
            assertThat(wire.send(GET).response()).startsWith("HTTP/1.1 200");
            assertThat(dribbled(wire.send("GET "), "/")).startsWith("HTTP/1.1 408");
        }
    }

    /** Sends a piece again and again until the server has enough. */
    private static String dribbled(Wire wire, String piece) throws Exception {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Thread dribble =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        while (!closed(over)) {
                                            wire.send(piece);
                                        }
                                    } catch (IOException e) {
                                        // The server had enough.
                                        over.complete(null);
                                    }
                                });
        try {
            return wire.rest();
        } catch (IOException e) {
            return "reset";
        } finally {
            over.complete(null);
            dribble.join();
        }
    }

    private static boolean closed(CompletableFuture<Void> over) {
        try {
            over.get(20, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (Exception e) {
            return true;
        }
    }

    /** Nothing comes, not even an end, for longer than headers may take. */
    private static void stays(Wire wire) throws IOException {
        stays(wire, LIMIT.multipliedBy(2));
    }

    private static void stays(Wire wire, Duration time) throws IOException {
        wire.timeout(time);
        try {
            fail("got " + wire.in().read());
        } catch (SocketTimeoutException e) {
            wire.timeout(Duration.ofSeconds(20));
        }
    }

    /** What comes are frames, and no end. */
    private static void staysOpen(Wire wire) throws IOException {
        wire.timeout(LIMIT.multipliedBy(2));
        try {
            while (wire.in().read() >= 0) {}
            fail("closed");
        } catch (SocketTimeoutException e) {
            wire.timeout(Duration.ofSeconds(20));
        }
    }
}
