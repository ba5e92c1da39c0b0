package com.unkey.vmcp.backends.http;

import static com.unkey.vmcp.backends.http.LinkFixture.BOOT;
import static com.unkey.vmcp.backends.http.LinkFixture.LONG;
import static com.unkey.vmcp.backends.http.LinkFixture.PING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes over the wire when all is well, in the shapes that micro-http gives it. */
class HttpLinkTest {

    private LinkFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new LinkFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void asksAndAnswersOnOneConnection() throws Exception {
        ScriptedServer server = fixture.serveAlways(200, "{\"pid\":7}");
        for (int i = 0; i < 5; i++) {
            assertThat(fixture.link.call(PING, LONG)).isEqualTo(new HttpAnswer(200, "{\"pid\":7}"));
        }
        assertThat(server.clients()).isEqualTo(1);
        assertThat(fixture.link.connected()).isTrue();
        assertThat(fixture.lost).hasValue(0);
    }

    @Test
    void aRequestWithoutABodySaysNothingOfOne() throws Exception {
        ScriptedServer server = fixture.serveAlways(200, "");
        fixture.link.call(PING, LONG);
        assertThat(server.requests().getFirst().lines())
                .containsExactly(
                        "GET /api/v1/vmm.ping HTTP/1.1",
                        "host: localhost",
                        "accept: application/json",
                        "");
    }

    @Test
    void aBodyIsSentWithItsLengthInBytes() throws Exception {
        ScriptedServer server = fixture.serveAlways(200, "");
        fixture.link.call(HttpRequest.put("/api/v1/vm.create", "{\"a\":\"ü\"}"), LONG);
        assertThat(server.requests().getFirst())
                .startsWith("PUT /api/v1/vm.create HTTP/1.1\r\n")
                .contains("content-type: application/json\r\n")
                .contains("content-length: 10\r\n")
                .doesNotContain("chunked");
    }

    @Test
    void aLargeBodyArrivesWhole() throws Exception {
        ScriptedServer server = fixture.serveAlways(200, "");
        String body = "x".repeat(51_200);
        fixture.link.call(HttpRequest.put("/api/v1/vm.create", body), LONG);
        assertThat(server.requests().getFirst()).endsWith("\r\n\r\n" + body);
    }

    @Test
    void anAnswerWithoutContentHasNoLength() throws Exception {
        fixture.serve(
                client -> {
                    while (true) {
                        client.request();
                        client.say("HTTP/1.1 204 \r\nServer: Cloud Hypervisor API\r\n\r\n");
                    }
                });
        assertThat(fixture.link.call(BOOT, LONG)).isEqualTo(new HttpAnswer(204, ""));
        assertThat(fixture.link.call(BOOT, LONG).ok()).isTrue();
    }

    @Test
    void anErrorIsAnAnswer() throws Exception {
        fixture.serveAlways(500, "[\"Error from API\",\"The VM could not boot\"]");
        HttpAnswer answer = fixture.link.call(BOOT, LONG);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.ok()).isFalse();
        assertThat(answer.body()).endsWith("\"The VM could not boot\"]");
        assertThat(fixture.link.connected()).isTrue();
    }

    @Test
    void aRawNewlineInABodyIsKept() throws Exception {
        fixture.serveAlways(500, "{ \"error\": \"Invalid\nrequest\" }");
        assertThat(fixture.link.call(PING, LONG).body())
                .isEqualTo("{ \"error\": \"Invalid\nrequest\" }");
    }

    @Test
    void aFullServerAnswersWithoutSpaceAndHangsUp() throws Exception {
        fixture.serve(
                client -> {
                    client.request();
                    client.say("HTTP/1.1 503\r\nServer: Firecracker API\r\nConnection: close\r\n")
                            .say("Content-Length: 40\r\n\r\n")
                            .say("{ \"error\": \"Too many open connections\" }");
                });
        HttpAnswer answer = fixture.link.call(PING, LONG);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("Too many open connections");
        assertThat(fixture.link.connected()).as("connected to a server that is full").isFalse();
    }

    @Test
    void anAnswerMayComeByteByByte() throws Exception {
        fixture.serve(
                client -> {
                    client.request();
                    String words = "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n{}";
                    words.chars().forEach(word -> client.say(Character.toString(word)));
                    client.awaitEnd();
                });
        assertThat(fixture.link.call(PING, LONG)).isEqualTo(new HttpAnswer(200, "{}"));
    }

    @Test
    void aLongAnswerArrivesWhole() throws Exception {
        String body = "ab".repeat(1 << 20);
        fixture.serveAlways(200, body);
        assertThat(fixture.link.call(PING, LONG).body()).isEqualTo(body);
        assertThat(fixture.link.call(PING, LONG).body()).hasSize(2 << 20);
    }

    @Test
    void connectsWhereThereIsNoConnection() throws Exception {
        ScriptedServer server = fixture.serveAlways(200, "");
        assertThat(fixture.link.connected()).isFalse();
        fixture.link.connect(LONG);
        fixture.link.connect(LONG);
        assertThat(fixture.link.connected()).isTrue();
        fixture.link.call(PING, LONG);
        assertThat(server.clients()).isEqualTo(1);
    }

    @Test
    void manyLinksShareOneThread() throws Exception {
        fixture.serveAlways(200, "{}");
        List<Thread> callers = new ArrayList<>();
        List<HttpAnswer> answers = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 200; i++) {
            HttpLink link = fixture.links.open(fixture.socket(), () -> {});
            callers.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        for (int call = 0; call < 10; call++) {
                                            answers.add(link.call(PING, LONG));
                                        }
                                        link.close();
                                    }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(answers).hasSize(2000).containsOnly(new HttpAnswer(200, "{}"));
        assertThat(
                        Thread.getAllStackTraces().keySet().stream()
                                .filter(thread -> thread.getName().equals("vmm-http")))
                .as("threads for all links")
                .hasSize(1);
    }
}
