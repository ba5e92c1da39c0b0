package com.unkey.vmcp.backends.http;

import static com.unkey.vmcp.backends.http.LinkFixture.BOOT;
import static com.unkey.vmcp.backends.http.LinkFixture.LONG;
import static com.unkey.vmcp.backends.http.LinkFixture.PING;
import static com.unkey.vmcp.backends.http.LinkFixture.SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call comes to when its answer does not come as it should, and the call after it. */
class LostAnswerTest {

    private static final String HALF = "HTTP/1.1 200 \r\nContent-Length: 20\r\n\r\n{\"half";

    private LinkFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new LinkFixture();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    /** The first client is served badly; every later one is answered as it should be. */
    private ScriptedServer serveFirst(ScriptedServer.Script badly) throws IOException {
        return fixture.serve(
                client -> {
                    if (client.number() == 1) {
                        badly.serve(client);
                        return;
                    }
                    while (true) {
                        client.request();
                        client.answer(200, "later");
                    }
                });
    }

    private LinkException failing(HttpRequest request, Duration limit) {
        LinkException failure =
                catchThrowableOfType(LinkException.class, () -> fixture.link.call(request, limit));
        assertThat(failure).as("failure of " + request).isNotNull();
        assertThat(failure.failure()).isInstanceOf(VmFailure.Unavailable.class);
        return failure;
    }

    private void nextCallWorksOnAnotherConnection(ScriptedServer server) {
        assertThat(fixture.link.call(PING, LONG).body()).isEqualTo("later");
        assertThat(server.clients()).isEqualTo(2);
        Await.until("the loss is told once", () -> fixture.lost.get() == 1);
    }

    @Test
    void halfAnAnswerAndTheEndIsAFailure() throws Exception {
        ScriptedServer server =
                serveFirst(
                        client -> {
                            client.request();
                            client.say(HALF);
                        });
        LinkException failure = failing(BOOT, LONG);
        assertThat(failure)
                .hasMessage(
                        "the VMM closed the connection in the midst of its answer to"
                                + " PUT /api/v1/vm.boot");
        assertThat(failure.sent()).isTrue();
        nextCallWorksOnAnotherConnection(server);
    }

    @Test
    void theEndInsteadOfAnAnswerIsAFailure() throws Exception {
        ScriptedServer server = serveFirst(ScriptedServer.Client::request);
        LinkException failure = failing(BOOT, LONG);
        assertThat(failure)
                .hasMessage(
                        "the VMM closed the connection without an answer to PUT /api/v1/vm.boot");
        assertThat(failure.sent()).isTrue();
        nextCallWorksOnAnotherConnection(server);
        assertThat(server.requests()).as("requests, none sent twice").hasSize(2);
    }

    @Test
    void halfAnAnswerAndSilenceIsAFailureInTime() throws Exception {
        ScriptedServer server =
                serveFirst(
                        client -> {
                            client.request();
                            client.say(HALF).awaitEnd();
                        });
        LinkException failure = failing(BOOT, SHORT);
        assertThat(failure)
                .hasMessage(
                        "the VMM does not answer:"
                                + " PUT /api/v1/vm.boot got no answer within 200 ms");
        assertThat(failure.sent()).isTrue();
        nextCallWorksOnAnotherConnection(server);
    }

    @Test
    void aLateAnswerIsNeverTakenForTheNextCalls() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        ScriptedServer server =
                serveFirst(
                        client -> {
                            client.request();
                            boolean _ = late.await(20, TimeUnit.SECONDS);
                            client.answer(200, "late").awaitEnd();
                        });
        failing(PING, SHORT);
        late.countDown();
        nextCallWorksOnAnotherConnection(server);
        assertThat(fixture.link.call(PING, LONG).body()).isEqualTo("later");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/1.1 two hundred\r\n\r\n",
                "HTTP/1.1 100 \r\n\r\n",
                "HTTP/1.1 200 \r\nContent-Length: many\r\n\r\n",
                "HTTP/1.1 200 \r\nServer: Cloud Hypervisor API\r\n\r\nwithout a length",
                "HTTP/1.1 200 \r\nContent-Length: 8388609\r\n\r\n",
            })
    void whatIsNoAnswerIsAFailure(String words) throws Exception {
        ScriptedServer server =
                serveFirst(
                        client -> {
                            client.request();
                            client.say(words);
                            if (words.endsWith("9\r\n\r\n")) {
                                client.say("x".repeat((8 << 20) + 1));
                            }
                            client.awaitEnd();
                        });
        LinkException failure = failing(BOOT, LONG);
        assertThat(failure).hasMessageContaining("VMM").hasMessageContaining("PUT /api/v1/vm.boot");
        assertThat(failure.sent()).isTrue();
        nextCallWorksOnAnotherConnection(server);
    }

    @Test
    void aBadRequestsSecondAnswerIsNotTheNextCalls() throws Exception {
        CountDownLatch again = new CountDownLatch(1);
        ScriptedServer server =
                serveFirst(
                        client -> {
                            client.request();
                            client.answer(400, "{ \"error\": \"Invalid\nrequest\" }");
                            boolean _ = again.await(20, TimeUnit.SECONDS);
                            client.answer(400, "{ \"error\": \"and again\" }").awaitEnd();
                        });
        assertThat(fixture.link.call(BOOT, LONG).status()).isEqualTo(400);
        assertThat(fixture.link.connected()).isFalse();
        again.countDown();
        nextCallWorksOnAnotherConnection(server);
    }

    @Test
    void twoAnswersAtOnceAreOneTooMany() throws Exception {
        String one = "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nfirst";
        ScriptedServer server =
                serveFirst(
                        client -> {
                            client.request();
                            client.say(one + one.replace("first", "other")).awaitEnd();
                        });
        assertThat(fixture.link.call(PING, LONG).body()).isEqualTo("first");
        Await.until("the connection is given up", () -> !fixture.link.connected());
        nextCallWorksOnAnotherConnection(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 503\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                "HTT",
            })
    void whatNobodyAskedForEndsTheConnection(String words) throws Exception {
        ScriptedServer server = serveFirst(client -> client.say(words).awaitEnd());
        fixture.link.connect(LONG);
        Await.until("the connection is given up", () -> !fixture.link.connected());
        nextCallWorksOnAnotherConnection(server);
    }

    /**
     * Its words may come before the request is sent, after that, or be lost with the connection.
     */
    @Test
    void aServerThatIsFullIsNeverTakenForOneThatFailed() throws Exception {
        String full = "{ \"error\": \"Too many open connections\" }";
        fixture.serve(
                client ->
                        client.say(
                                "HTTP/1.1 503\r\nConnection: close\r\nContent-Length: 40\r\n\r\n"
                                        + full));
        for (int i = 0; i < 50; i++) {
            try {
                assertThat(fixture.link.call(BOOT, LONG)).isEqualTo(new HttpAnswer(503, full));
            } catch (LinkException e) {
                assertThat(e.sent()).isFalse();
                assertThat(e.getMessage())
                        .isIn(
                                "the VMM turned the connection away: " + full,
                                "the VMM closed the connection before PUT /api/v1/vm.boot");
            }
        }
    }

    @Test
    void aConnectionThatEndedWhileIdleIsNoFailure() throws Exception {
        ScriptedServer server =
                serveFirst(
                        client -> {
                            client.request();
                            client.answer(200, "first");
                        });
        assertThat(fixture.link.call(PING, LONG).body()).isEqualTo("first");
        nextCallWorksOnAnotherConnection(server);
        assertThat(server.requests()).hasSize(2);
    }
}
