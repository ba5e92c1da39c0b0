package com.unkey.vmcp.connect.behaviour;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Envelopes;
import com.unkey.vmcp.connect.wire.Http1Connection;
import com.unkey.vmcp.connect.wire.Http2Connection;
import com.unkey.vmcp.connect.wire.WireAnswer;
import com.unkey.vmcp.connect.wire.WireRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client may cost: memory, time and calls at once. */
class LimitsTest {

    private static final int MIB = 1024 * 1024;
    private static final Plan PLAN = Plan.getDefaultInstance();
    private static final Plan WAIT = Plan.newBuilder().setDelayMs(1).build();

    private final Parking parking = new Parking();

    private EngineServer parkingServer(int maxCalls) {
        return EngineServer.of(
                options -> options.maxCalls(maxCalls),
                Methods.runAndDownload(
                        (plan, caller) -> {
                            if (plan.getDelayMs() > 0) {
                                parking.park();
                            }
                            Methods.answer(caller);
                        },
                        (_, caller) -> Methods.answer(caller)));
    }

    /** Gigabytes of zeros: as many members as fit below the limit, of 16 MiB each. */
    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(member)) {
            gzip.write(new byte[16 * MIB]);
        }
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        while (bomb.size() + member.size() < MIB) {
            bomb.writeBytes(member.toByteArray());
        }
        return bomb.toByteArray();
    }

    /** The heap of the tests is smaller than any of these bodies inflated. */
    @Test
    void compressedBodiesAreNotInflatedBeyondTheLimit() throws Exception {
        try (EngineServer server =
                EngineServer.of(
                        options -> options.maxMessageBytes(MIB),
                        Methods.runAndDownload(
                                (_, caller) -> Methods.answer(caller),
                                (_, caller) -> Methods.answer(caller)))) {
            byte[] bomb = bomb();
            byte[] enveloped = Envelopes.of(Envelopes.COMPRESSED, bomb);
            WireAnswer connect =
                    Http1Connection.exchange(
                            server.port(),
                            WireRequest.post(
                                    "Run",
                                    bomb,
                                    "Content-Type",
                                    "application/json",
                                    "Content-Encoding",
                                    "gzip"));
            assertThat(connect.status()).isEqualTo(429);
            WireAnswer web =
                    Http1Connection.exchange(
                            server.port(),
                            WireRequest.post(
                                    "Download",
                                    enveloped,
                                    "Content-Type",
                                    "application/grpc-web+proto",
                                    "Grpc-Encoding",
                                    "gzip"));
            assertThat(Dialect.GRPC_WEB.code(web)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneCallTooManyIsRefusedUntilAnotherEnds(Dialect dialect) throws Exception {
        try (EngineServer server = parkingServer(1);
                Http2Connection connection = new Http2Connection(server.port())) {
            int first = connection.send(dialect.unary("Run", WAIT));
            parking.awaitParked();
            int unary = connection.send(dialect.unary("Run", PLAN));
            assertThat(dialect.code(connection.answer(unary)))
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            int stream = connection.send(dialect.stream("Download", PLAN));
            assertThat(dialect.code(connection.answer(stream)))
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            connection.reset(first);
            parking.awaitCancelled();
            awaitRoom(connection, dialect);
        }
    }

    private static void awaitRoom(Http2Connection connection, Dialect dialect) throws Exception {
        Quiet.until(
                "a call that is let in",
                () -> {
                    int next = connection.send(dialect.unary("Run", PLAN));
                    return dialect.code(connection.answer(next)) == Status.Code.OK;
                });
    }

    @Test
    void refusedCallsDoNotCount() throws Exception {
        try (EngineServer server = parkingServer(1);
                Http2Connection connection = new Http2Connection(server.port())) {
            for (int i = 0; i < 20; i++) {
                WireRequest request = i % 2 == 0 ? wrongType() : broken();
                connection.answer(connection.send(request));
            }
            awaitRoom(connection, Dialect.CONNECT);
        }
    }

    private static WireRequest wrongType() {
        return WireRequest.post("Run", new byte[0], "Content-Type", "text/plain");
    }

    private static WireRequest broken() {
        return WireRequest.json("Run", "{");
    }

    private static EngineServer impatient() {
        return EngineServer.of(
                options -> options.maxCalls(1).bodyTimeout(Duration.ofMillis(300)),
                Methods.run((_, caller) -> Methods.answer(caller)),
                Methods.upload(caller -> new Counting(caller)));
    }

    /** Answers when the client is done. */
    private record Counting(StreamObserver<Everything> caller)
            implements StreamObserver<Everything> {
        @Override
        public void onNext(Everything message) {}

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {
            Methods.answer(caller);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatNeverEndsFreesItsCall(Dialect dialect) throws Exception {
        try (EngineServer server = impatient();
                Http2Connection connection = new Http2Connection(server.port())) {
            int slow = connection.open(dialect.unary("Run", PLAN), false);
            connection.data(slow, new byte[] {0, 0}, false);
            assertThat(dialect.code(connection.answer(slow)))
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            awaitRoom(connection, dialect);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageOfAStreamThatNeverEndsFreesItsCall(Dialect dialect) throws Exception {
        try (EngineServer server = impatient();
                Http2Connection connection = new Http2Connection(server.port())) {
            int slow = connection.open(dialect.stream("Upload"), false);
            connection.data(slow, new byte[] {0, 0}, false);
            assertThat(dialect.code(connection.answer(slow)))
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            awaitRoom(connection, dialect);
        }
    }

    @Test
    void aSlowBodyOverHttp1IsAnswered() throws Exception {
        try (EngineServer server = impatient();
                Http1Connection connection = new Http1Connection(server.port())) {
            String head =
                    """
                    POST /connect.testing.v1.TestService/Run HTTP/1.1\r
                    Host: golden.test\r
                    Content-Type: application/json\r
                    Content-Length: 100\r
                    \r
                    {""";
            connection.send(head.getBytes(UTF_8));
            WireAnswer answer = connection.read("POST");
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.text()).contains("deadline_exceeded");
        }
    }
}
