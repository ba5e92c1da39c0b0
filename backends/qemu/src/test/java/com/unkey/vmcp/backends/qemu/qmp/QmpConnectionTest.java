package com.unkey.vmcp.backends.qemu.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.testkit.process.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Against a server that says exactly what a test wants said. */
class QmpConnectionTest {

    private static final Duration SHORT = Duration.ofMillis(80);
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir private Path directory;

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final QmpListener listener =
            new QmpListener() {
                @Override
                public void ready() {
                    told.add("ready");
                }

                @Override
                public void event(QmpEvent event) {
                    told.add(event.name());
                }

                @Override
                public void lost(String reason) {
                    told.add("lost: " + reason);
                }
            };
    private ScriptedMonitor monitor;
    private QmpConnection connection;

    @BeforeEach
    void connect() throws Exception {
        monitor = new ScriptedMonitor(directory.resolve("qmp.sock"));
        connection = QmpConnection.open(monitor.socket(), "test", listener);
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        monitor.close();
    }

    @Test
    void repliesReachTheirCallersInAnyOrder() throws Exception {
        monitor.accept();
        var first = async("query-status");
        long firstId = monitor.expect("query-status");
        var second = async("query-cpus-fast");
        long secondId = monitor.expect("query-cpus-fast");

        monitor.say("{\"return\":{\"n\":2},\"id\":" + secondId + "}");
        monitor.say("{\"return\":{\"n\":1},\"id\":" + firstId + "}");

        assertThat(first.get().path("n").asInt()).isEqualTo(1);
        assertThat(second.get().path("n").asInt()).isEqualTo(2);
    }

    @Test
    void eventsBeforeAReplyAreToldBeforeIt() throws Exception {
        monitor.accept();
        var status = async("query-status");
        long id = monitor.expect("query-status");
        monitor.say("{\"event\":\"STOP\",\"timestamp\":{\"seconds\":1,\"microseconds\":2}}");
        monitor.say("{\"return\":{},\"id\":" + id + "}");

        status.get();
        assertThat(told).containsExactly("ready", "STOP");
    }

    @Test
    void anErrorIsAFailureWithQemusWords() throws Exception {
        monitor.accept();
        var reply = async("cont");
        long id = monitor.expect("cont");
        monitor.say(
                "{\"id\":%d,\"error\":{\"class\":\"GenericError\",\"desc\":\"Resetting required\"}}"
                        .formatted(id));

        assertThatThrownBy(reply::join)
                .hasRootCauseInstanceOf(QmpRefusal.class)
                .cause()
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> {
                            assertThat(e.failure()).isInstanceOf(VmFailure.VmmFailed.class);
                            assertThat(e).hasMessage("QEMU refused cont: Resetting required");
                        });
    }

    @Test
    void aMonitorThatNeverGreetsIsUnavailableInTime() {
        assertUnavailable(() -> connection.execute("cont", SHORT), "in time");
    }

    @Test
    void aLateReplyToAnAbandonedCommandIsDropped() throws Exception {
        monitor.accept();
        assertUnavailable(() -> connection.execute("stop", SHORT), "did not answer stop");
        long stop = monitor.expect("stop");
        var cont = async("cont");
        long id = monitor.expect("cont");
        monitor.say("{\"return\":{\"late\":true},\"id\":" + stop + "}");
        monitor.say("{\"return\":{},\"id\":" + id + "}");

        assertThat(cont.get().has("late")).isFalse();
    }

    @Test
    void endOfStreamFailsAllWaitingCommands() throws Exception {
        monitor.accept();
        var first = async("stop");
        monitor.expect("stop");
        var second = async("cont");
        monitor.expect("cont");
        monitor.hangUp();

        assertUnavailable(first::join, "closed its monitor");
        assertUnavailable(second::join, "closed its monitor");
        Await.until("the loss is told", () -> told.contains("lost: QEMU closed its monitor"));
        assertThat(connection.isOpen()).isFalse();
        assertUnavailable(() -> connection.execute("cont", LONG), "closed its monitor");
    }

    @Test
    void aLineWithoutEndIsCutOff() throws Exception {
        monitor.accept();
        var reply = async("query-status");
        monitor.expect("query-status");
        monitor.flood(LineReader.MAX_LINE_BYTES + 1);

        assertUnavailable(reply::join, "longer than");
    }

    @Test
    void brokenJsonEndsTheConnection() throws Exception {
        monitor.accept();
        var reply = async("query-status");
        monitor.expect("query-status");
        monitor.say("{nonsense");

        assertUnavailable(reply::join, "lost");
    }

    @Test
    void unansweredCommandsAreLimited() throws Exception {
        monitor.accept();
        for (int i = 0; i < PendingCommands.LIMIT; i++) {
            assertThat(async("stop")).isNotDone();
            monitor.expect("stop");
        }
        assertUnavailable(() -> connection.execute("cont", LONG), "unanswered");
    }

    @Test
    void closingTellsNobody() throws Exception {
        monitor.accept();
        Await.until("the connection is told to be ready", () -> told.contains("ready"));
        connection.close();
        assertUnavailable(() -> connection.execute("cont", LONG), "closed");
        assertThat(told).containsExactly("ready");
    }

    @Test
    void aLinkConnectsAnewAfterALoss() throws Exception {
        try (ScriptedMonitor other = new ScriptedMonitor(directory.resolve("other.sock"));
                QmpLink link = new QmpLink(other.socket(), "test", listener)) {
            link.connect();
            other.accept();
            other.hangUp();
            Await.until("the loss is told", () -> told.size() == 2);

            var reply = CompletableFuture.supplyAsync(() -> link.execute("cont", LONG));
            other.accept();
            other.say("{\"return\":{},\"id\":" + other.expect("cont") + "}");
            assertThat(reply.get().isObject()).isTrue();
        }
    }

    private CompletableFuture<JsonNode> async(String command) {
        var reply = new CompletableFuture<JsonNode>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                reply.complete(connection.execute(command, LONG));
                            } catch (VmException e) {
                                reply.completeExceptionally(e);
                            }
                        });
        return reply;
    }

    private static void assertUnavailable(Runnable call, String words) {
        assertThatThrownBy(call::run)
                .satisfies(
                        thrown -> {
                            Throwable e =
                                    thrown instanceof VmException ? thrown : thrown.getCause();
                            assertThat(((VmException) e).failure())
                                    .isInstanceOf(VmFailure.Unavailable.class);
                            assertThat(e).hasMessageContaining(words);
                        });
    }
}
