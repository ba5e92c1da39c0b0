package com.unkey.vmcp.connect.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Http1Connection;
import com.unkey.vmcp.connect.wire.Http2Connection;
import com.unkey.vmcp.connect.wire.WireAnswer;
import com.unkey.vmcp.connect.wire.WireRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A method learns at once that nobody waits for it any more, whichever way its caller went. */
class CancellationTest {

    private static final Plan PLAN = Plan.getDefaultInstance();
    private static final Plan WAIT = Plan.newBuilder().setDelayMs(1).build();

    private final Parking parking = new Parking();
    private final EngineServer server =
            EngineServer.of(
                    options -> options,
                    Methods.runAndDownload(
                            (plan, caller) -> {
                                if (plan.getDelayMs() > 0) {
                                    parking.park();
                                }
                                Methods.answer(caller);
                            },
                            (_, caller) -> {
                                caller.onNext(Everything.getDefaultInstance());
                                parking.park();
                            }),
                    Methods.echo());

    @AfterEach
    void stop() {
        server.close();
    }

    /** A call that ends by its deadline while its method waits. */
    private interface Overdue {
        WireAnswer within(int millis) throws IOException;
    }

    /** On a busy machine a deadline may pass before its method runs; then a longer one does. */
    private WireAnswer cancelled(Overdue call) throws Exception {
        for (int millis = 200; millis < 20_000; millis *= 4) {
            WireAnswer answer = call.within(millis);
            if (parking.hasParked()) {
                parking.awaitCancelled();
                return answer;
            }
        }
        throw new AssertionError("the method was never called in time");
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlineCancelsAUnaryCall(Dialect dialect) throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            WireRequest request = dialect.unary("Run", WAIT);
            WireAnswer answer =
                    cancelled(
                            millis ->
                                    connection.answer(
                                            connection.send(dialect.within(millis, request))));
            assertThat(dialect.code(answer)).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlineCancelsAStreamAfterItsFirstMessage(Dialect dialect) throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            WireRequest request = dialect.stream("Download", PLAN);
            WireAnswer answer =
                    cancelled(
                            millis ->
                                    connection.answer(
                                            connection.send(dialect.within(millis, request))));
            assertThat(dialect.code(answer)).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(dialect.messages(answer)).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlineAnswersACallWhoseBodyDoesNotArrive(Dialect dialect) throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            WireRequest request = dialect.within(100, dialect.unary("Run", PLAN));
            int call = connection.open(request, false);
            assertThat(dialect.code(connection.answer(call)))
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
    }

    @Test
    void aDeadlineCancelsOverHttp1() throws Exception {
        WireRequest unary = Dialect.CONNECT.unary("Run", WAIT);
        WireAnswer answer =
                cancelled(
                        millis ->
                                Http1Connection.exchange(
                                        server.port(), Dialect.CONNECT.within(millis, unary)));
        assertThat(answer.status()).isEqualTo(504);
    }

    @ParameterizedTest
    @EnumSource
    void aResetStreamCancelsAUnaryCall(Dialect dialect) throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int call = connection.send(dialect.unary("Run", WAIT));
            parking.awaitParked();
            connection.reset(call);
            parking.awaitCancelled();
            int next = connection.send(dialect.unary("Run", PLAN));
            assertThat(dialect.code(connection.answer(next))).isEqualTo(Status.Code.OK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResetStreamCancelsAStream(Dialect dialect) throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int call = connection.send(dialect.stream("Download", PLAN));
            connection.head(call);
            parking.awaitParked();
            connection.reset(call);
            parking.awaitCancelled();
        }
    }

    @Test
    void aClosedHttp2ConnectionCancelsAllItsCalls() throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            connection.send(Dialect.GRPC.unary("Run", WAIT));
            connection.send(Dialect.CONNECT.stream("Download", PLAN));
            parking.awaitParked();
            parking.awaitParked();
        }
        parking.awaitCancelled();
        parking.awaitCancelled();
    }

    @Test
    void aClosedHttp1ConnectionCancelsAUnaryCall() throws Exception {
        try (Http1Connection connection = new Http1Connection(server.port())) {
            connection.send(Dialect.CONNECT.unary("Run", WAIT));
            parking.awaitParked();
        }
        parking.awaitCancelled();
    }

    @Test
    void aClosedHttp1ConnectionCancelsAStream() throws Exception {
        try (Http1Connection connection = new Http1Connection(server.port())) {
            connection.send(Dialect.CONNECT.stream("Download", PLAN));
            parking.awaitParked();
        }
        parking.awaitCancelled();
    }

    @Test
    void cancelledCallsLeaveOthersOfTheirConnectionAlone() throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            WireRequest echo = Dialect.CONNECT.stream("Chat", Everything.getDefaultInstance());
            int bystander = connection.open(echo, false);
            connection.data(bystander, echo.body().toByteArray(), false);
            connection.bytes(bystander, 1);
            for (int i = 0; i < 600; i++) {
                connection.reset(connection.send(Dialect.GRPC.unary("Run", WAIT)));
            }
            int after = connection.send(Dialect.GRPC.unary("Run", PLAN));
            assertThat(Dialect.GRPC.code(connection.answer(after))).isEqualTo(Status.Code.OK);
            connection.data(bystander, echo.body().toByteArray(), true);
            var answer = connection.answer(bystander);
            assertThat(Dialect.CONNECT.code(answer)).isEqualTo(Status.Code.OK);
            assertThat(Dialect.CONNECT.messages(answer)).isEqualTo(2);
        }
    }

    @Test
    void aStreamOfRequestsThatBreaksIsAnError() throws Exception {
        CompletableFuture<Throwable> broken = new CompletableFuture<>();
        CountDownLatch first = new CountDownLatch(1);
        try (EngineServer uploads =
                EngineServer.of(
                        options -> options, Methods.upload(_ -> new Receiver(first, broken)))) {
            try (Http2Connection connection = new Http2Connection(uploads.port())) {
                WireRequest request =
                        Dialect.GRPC.stream("Upload", Everything.getDefaultInstance());
                int call = connection.open(request, false);
                connection.data(call, request.body().toByteArray(), false);
                assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
                connection.reset(call);
                assertThat(Status.fromThrowable(broken.get(20, TimeUnit.SECONDS)).getCode())
                        .isEqualTo(Status.Code.CANCELLED);
            }
        }
    }

    private record Receiver(CountDownLatch first, CompletableFuture<Throwable> broken)
            implements StreamObserver<Everything> {
        @Override
        public void onNext(Everything message) {
            first.countDown();
        }

        @Override
        public void onError(Throwable cause) {
            broken.complete(cause);
        }

        @Override
        public void onCompleted() {
            broken.complete(new AssertionError("ended in peace"));
        }
    }
}
