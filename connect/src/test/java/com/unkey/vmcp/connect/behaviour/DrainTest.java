package com.unkey.vmcp.connect.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Http1Connection;
import com.unkey.vmcp.connect.wire.Http2Connection;
import io.grpc.Status;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that is about to stop sends streams away, and lets what is short end by itself. */
class DrainTest {

    private static final Plan PLAN = Plan.getDefaultInstance();

    private final Parking parking = new Parking();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final EngineServer server =
            EngineServer.of(
                    options -> options,
                    Methods.runAndDownload(
                            (_, caller) -> {
                                awaitLeave();
                                Methods.answer(caller);
                            },
                            (_, caller) -> {
                                caller.onNext(Everything.getDefaultInstance());
                                parking.park();
                            }),
                    Methods.echo());

    private void awaitLeave() {
        try {
            mayAnswer.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void streamsEndWithUnavailable(Dialect dialect) throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int download = connection.send(dialect.stream("Download", PLAN));
            var echo = dialect.stream("Chat", Everything.getDefaultInstance());
            int chat = connection.open(echo, false);
            connection.data(chat, echo.body().toByteArray(), false);
            parking.awaitParked();
            connection.bytes(chat, 1);
            server.service().drain();
            var downloaded = connection.answer(download);
            assertThat(dialect.code(downloaded)).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(dialect.messages(downloaded)).isOne();
            assertThat(dialect.code(connection.answer(chat))).isEqualTo(Status.Code.UNAVAILABLE);
            parking.awaitCancelled();
        }
    }

    @Test
    void streamsOverHttp1EndToo() throws Exception {
        try (Http1Connection connection = new Http1Connection(server.port())) {
            connection.send(Dialect.CONNECT.stream("Download", PLAN));
            parking.awaitParked();
            server.service().drain();
            assertThat(Dialect.CONNECT.code(connection.read("POST")))
                    .isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void callsUnderWayAreAnsweredAndNewOnesRefused(Dialect dialect) throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int early = connection.send(dialect.unary("Run", PLAN));
            int known = connection.send(dialect.stream("Download", PLAN));
            connection.bytes(known, 1);
            server.service().drain();
            int late = connection.send(dialect.unary("Run", PLAN));
            assertThat(dialect.code(connection.answer(late))).isEqualTo(Status.Code.UNAVAILABLE);
            mayAnswer.countDown();
            assertThat(dialect.code(connection.answer(early))).isEqualTo(Status.Code.OK);
        }
    }
}
