package com.unkey.vmcp.connect.behaviour;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Envelopes;
import com.unkey.vmcp.connect.wire.Http1Connection;
import com.unkey.vmcp.connect.wire.Http2Connection;
import com.unkey.vmcp.connect.wire.WireRequest;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a call takes it gives back, whichever way it ends: its place, and its share of a window. */
class AccountingTest {

    private static final int PLACES = 4;
    private static final int ROUNDS = 25;
    private static final Plan PLAN = Plan.getDefaultInstance();
    private static final Plan WAIT = Plan.newBuilder().setDelayMs(1).build();
    private static final Plan THROW = Plan.newBuilder().setCode(1).build();

    private final Parking parking = new Parking();

    private EngineServer server(int places) {
        return EngineServer.of(
                options -> options.maxCalls(places).bodyTimeout(Duration.ofSeconds(2)),
                Methods.runAndDownload(
                        (plan, caller) -> {
                            if (plan.getCode() > 0) {
                                throw new IllegalStateException("as planned");
                            }
                            if (plan.getDelayMs() > 0) {
                                parking.park();
                            }
                            Methods.answer(caller);
                        },
                        (plan, caller) -> {
                            caller.onNext(Everything.getDefaultInstance());
                            if (plan.getDelayMs() > 0) {
                                parking.park();
                            }
                            caller.onCompleted();
                        }),
                Methods.echo());
    }

    @ParameterizedTest
    @EnumSource
    void everyEndGivesThePlaceBack(Dialect dialect) throws Exception {
        try (EngineServer server = server(PLACES);
                Http2Connection connection = new Http2Connection(server.port())) {
            for (int i = 0; i < ROUNDS; i++) {
                endInManyWays(dialect, connection);
                leaveInManyWays(dialect, connection, server.port());
            }
            List<Integer> holding = new ArrayList<>();
            Quiet.until("all places taken", () -> isTaken(dialect, connection, holding));
            int tooMany = connection.send(dialect.unary("Run", PLAN));
            assertThat(dialect.code(connection.answer(tooMany)))
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    /** One more call that stays; whether that makes all of them. */
    private boolean isTaken(Dialect dialect, Http2Connection connection, List<Integer> holding)
            throws Exception {
        int call = connection.send(dialect.stream("Download", WAIT));
        if (dialect.messages(connection.bytes(call, 5)) == 1) {
            holding.add(call);
        }
        return holding.size() == PLACES;
    }

    private static void endInManyWays(Dialect dialect, Http2Connection connection)
            throws Exception {
        byte[] cut = {0, 0, 0};
        List<WireRequest> requests =
                List.of(
                        dialect.unary("Run", PLAN),
                        dialect.unary("Run", THROW),
                        dialect.within(1, dialect.unary("Run", WAIT)),
                        dialect.stream("Download", PLAN),
                        dialect.stream("Download"),
                        dialect.within(0, dialect.stream("Download", WAIT)),
                        dialect.stream("Chat", Everything.getDefaultInstance()),
                        WireRequest.post("Chat", cut, "Content-Type", "application/grpc"),
                        WireRequest.json("Run", "{"));
        for (WireRequest request : requests) {
            connection.answer(connection.send(request));
        }
    }

    private static void leaveInManyWays(Dialect dialect, Http2Connection connection, int port)
            throws Exception {
        connection.reset(connection.send(dialect.unary("Run", WAIT)));
        connection.reset(connection.open(dialect.unary("Run", WAIT), false));
        connection.reset(connection.open(dialect.stream("Chat"), false));
        int stream = connection.send(dialect.stream("Download", WAIT));
        connection.head(stream);
        connection.reset(stream);
        try (Http1Connection other = new Http1Connection(port)) {
            other.send(dialect.unary("Run", WAIT));
        }
    }

    @ParameterizedTest
    @EnumSource
    void bodiesThatNobodyWantsLeaveTheWindowOpen(Dialect dialect) throws Exception {
        byte[] body = Envelopes.of(0, new byte[48 * 1024]);
        List<WireRequest> requests =
                List.of(
                        WireRequest.post("Run", body, "Content-Type", "text/plain"),
                        WireRequest.post("NoSuch", body, "Content-Type", "application/grpc"),
                        WireRequest.post("Run", body, "Content-Type", "application/json"),
                        WireRequest.post("Chat", body, "Content-Type", "application/connect+json"),
                        dialect.within(0, dialect.stream("Chat", large())));
        try (EngineServer server = server(PLACES);
                Http2Connection connection = new Http2Connection(server.port())) {
            for (int i = 0; i < 60; i++) {
                connection.answer(connection.send(requests.get(i % requests.size())));
            }
            Quiet.until(
                    "a call that is let in",
                    () -> {
                        int call = connection.send(dialect.unary("Run", PLAN));
                        return dialect.code(connection.answer(call)) == Status.Code.OK;
                    });
        }
    }

    private static Everything large() {
        return Everything.newBuilder().setText("x".repeat(48 * 1024)).build();
    }

    @Test
    void aConnectionOfHttp1IsGoodForMoreAfterARefusal() throws Exception {
        byte[] body = "x".repeat(10_000).getBytes(UTF_8);
        List<WireRequest> requests =
                List.of(
                        WireRequest.post("Run", body, "Content-Type", "text/plain"),
                        WireRequest.post("NoSuch", body, "Content-Type", "application/json"),
                        WireRequest.json("Run", "{"),
                        Dialect.CONNECT.unary("Run", THROW),
                        Dialect.CONNECT.stream("Download", PLAN),
                        Dialect.CONNECT.stream("Download"));
        try (EngineServer server = server(PLACES);
                Http1Connection connection = new Http1Connection(server.port())) {
            for (WireRequest request : requests) {
                connection.send(request);
                assertThat(connection.read("POST").status()).isNotZero();
                connection.send(Dialect.CONNECT.unary("Run", PLAN));
                assertThat(connection.read("POST").status()).as(request.toString()).isEqualTo(200);
            }
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInOrder() throws Exception {
        try (EngineServer server = server(100);
                Http1Connection connection = new Http1Connection(server.port())) {
            for (int i = 0; i < 20; i++) {
                connection.send(WireRequest.json("Run", i % 2 == 0 ? "{}" : "{"));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(connection.read("POST").status()).isEqualTo(i % 2 == 0 ? 200 : 400);
            }
        }
    }
}
