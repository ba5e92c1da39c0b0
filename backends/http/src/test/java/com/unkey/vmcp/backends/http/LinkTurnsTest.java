package com.unkey.vmcp.backends.http;

import static com.unkey.vmcp.backends.http.LinkFixture.BOOT;
import static com.unkey.vmcp.backends.http.LinkFixture.LONG;
import static com.unkey.vmcp.backends.http.LinkFixture.PING;
import static com.unkey.vmcp.backends.http.LinkFixture.SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that wait: for their turn, for a server that is not there, until somebody ends it. */
class LinkTurnsTest {

    private LinkFixture fixture;
    private final CountDownLatch go = new CountDownLatch(1);

    @BeforeEach
    void open() throws IOException {
        fixture = new LinkFixture();
    }

    @AfterEach
    void close() throws IOException {
        go.countDown();
        fixture.close();
    }

    /** Answers nothing before {@link #go}. */
    private ScriptedServer serveLate() throws IOException {
        return fixture.serve(
                client -> {
                    while (true) {
                        client.request();
                        boolean _ = go.await(20, TimeUnit.SECONDS);
                        client.answer(200, "{}");
                    }
                });
    }

    /** One call on a thread of its own. */
    private static final class Caller {
        private final CompletableFuture<Object> outcome = new CompletableFuture<>();
        private final Thread thread;

        Caller(HttpLink link, HttpRequest request, Duration limit) {
            thread = Thread.ofVirtual().start(() -> call(link, request, limit));
        }

        private void call(HttpLink link, HttpRequest request, Duration limit) {
            try {
                outcome.complete(link.call(request, limit));
            } catch (RuntimeException e) {
                outcome.complete(e);
            }
        }

        void awaitWaiting() {
            Await.until(
                    "the caller waits",
                    () -> thread.getState() == Thread.State.TIMED_WAITING || outcome.isDone());
        }

        LinkException failure() throws Exception {
            return (LinkException) outcome.get(20, TimeUnit.SECONDS);
        }

        HttpAnswer answer() throws Exception {
            return (HttpAnswer) outcome.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void callsGoOutOneByOneInOrderOfArrival() throws Exception {
        ScriptedServer server = serveLate();
        Caller[] callers = new Caller[5];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = new Caller(fixture.link, HttpRequest.get("/" + i), LONG);
            callers[i].awaitWaiting();
        }
        Await.until("one request is there", () -> server.requests().size() == 1);
        go.countDown();
        for (Caller caller : callers) {
            assertThat(caller.answer().ok()).isTrue();
        }
        assertThat(server.requests().stream().map(request -> request.substring(0, 6)))
                .containsExactly("GET /0", "GET /1", "GET /2", "GET /3", "GET /4");
        assertThat(server.clients()).isEqualTo(1);
    }

    @Test
    void theLimitCountsWaitingForTheTurn() throws Exception {
        ScriptedServer server = serveLate();
        Caller first = new Caller(fixture.link, BOOT, LONG);
        Await.until("the first is on its way", () -> server.requests().size() == 1);
        LinkException failure = new Caller(fixture.link, PING, SHORT).failure();
        assertThat(failure).hasMessageContaining("GET /api/v1/vmm.ping could not begin within");
        assertThat(failure.sent()).isFalse();
        go.countDown();
        assertThat(first.answer().ok()).as("the call that was under way").isTrue();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void closingFailsCallsUnderWayAndToCome() throws Exception {
        ScriptedServer server = serveLate();
        Caller first = new Caller(fixture.link, BOOT, LONG);
        Await.until("the first is on its way", () -> server.requests().size() == 1);
        Caller second = new Caller(fixture.link, PING, LONG);
        second.awaitWaiting();
        fixture.link.close();
        fixture.link.close();
        assertThat(first.failure()).hasMessage(HttpLink.LET_GO);
        assertThat(first.failure().sent()).as("it was on its way").isTrue();
        assertThat(second.failure()).hasMessage(HttpLink.LET_GO);
        assertThat(second.failure().sent()).isFalse();
        assertThat(new Caller(fixture.link, PING, LONG).failure()).hasMessage(HttpLink.LET_GO);
        assertThat(fixture.link.connected()).isFalse();
        assertThat(server.clients()).isEqualTo(1);
        assertThat(fixture.lost).as("losses told").hasValue(0);
    }

    @Test
    void closingAllLinksFailsTheirCalls() throws Exception {
        ScriptedServer server = serveLate();
        Caller caller = new Caller(fixture.link, BOOT, LONG);
        Await.until("it is on its way", () -> server.requests().size() == 1);
        fixture.links.close();
        assertThat(caller.failure()).hasMessage(HttpLink.LET_GO);
        HttpLink later = fixture.links.open(fixture.socket(), () -> {});
        assertThat(new Caller(later, PING, LONG).failure()).hasMessage(HttpLink.LET_GO);
        assertThat(fixture.lost).as("losses told").hasValue(0);
    }

    @Test
    void anInterruptedCallerLeavesAtOnce() throws Exception {
        ScriptedServer server = serveLate();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        CompletableFuture<LinkException> failure = new CompletableFuture<>();
        Thread thread =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        fixture.link.call(BOOT, LONG);
                                    } catch (LinkException e) {
                                        flag.set(Thread.currentThread().isInterrupted());
                                        failure.complete(e);
                                    }
                                });
        Await.until("it is on its way", () -> server.requests().size() == 1);
        thread.interrupt();
        LinkException interrupted = failure.get(20, TimeUnit.SECONDS);
        assertThat(interrupted).hasMessageStartingWith("interrupted while waiting");
        assertThat(interrupted.sent()).isTrue();
        assertThat(flag).as("interrupt status of the caller").hasValue(true);
        go.countDown();
        assertThat(fixture.link.call(PING, LONG).ok()).isTrue();
        assertThat(server.clients()).isEqualTo(2);
    }

    @Test
    void aMissingSocketIsToldAtOnce() throws Exception {
        LinkException failure = new Caller(fixture.link, BOOT, LONG).failure();
        assertThat(failure).hasMessage("the VMM cannot be reached: its socket is not there");
        assertThat(failure.sent()).isFalse();
        assertThat(fixture.lost).as("losses of what never was").hasValue(0);
    }

    @Test
    void aSocketWithoutAServerIsToldAtOnce() throws Exception {
        try (var bound = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            bound.bind(UnixDomainSocketAddress.of(fixture.socket()));
        }
        LinkException failure = new Caller(fixture.link, BOOT, LONG).failure();
        assertThat(failure).hasMessage("the VMM cannot be reached: nobody serves its socket");
        assertThat(failure.sent()).isFalse();
    }

    @Test
    void aServerThatTakesNobodyInTimesOutOrRefuses() throws Exception {
        try (var deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            deaf.bind(UnixDomainSocketAddress.of(fixture.socket()), 1);
            for (int i = 0; i < 5; i++) {
                assertThat(new Caller(fixture.link, BOOT, SHORT).failure())
                        .hasMessageContaining("VMM");
            }
        }
    }
}
