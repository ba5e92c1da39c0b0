package com.unkey.vmcp.connect.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Http2Connection;
import com.unkey.vmcp.connect.wire.WireAnswer;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a method throws, and wherever, is an answer: no call hangs, no secret is told. */
class FailingMethodTest {

    private static final Plan PLAN = Plan.getDefaultInstance();

    enum Stage {
        START,
        READY,
        MESSAGE,
        HALF_CLOSE
    }

    /** What is thrown, and the code that it becomes. */
    enum Thrown {
        EXCEPTION(Status.Code.INTERNAL),
        ERROR(Status.Code.INTERNAL),
        STATUS(Status.Code.NOT_FOUND);

        private final Status.Code code;

        Thrown(Status.Code code) {
            this.code = code;
        }

        void at(Stage here, Stage wanted) {
            if (here == wanted) {
                switch (this) {
                    case EXCEPTION -> throw new IllegalStateException("secret");
                    case ERROR -> throw new StackOverflowError("secret");
                    case STATUS -> throw Status.NOT_FOUND.asRuntimeException();
                }
            }
        }
    }

    static Stream<Arguments> everything() {
        return Stream.of(Dialect.values())
                .flatMap(
                        dialect ->
                                Stream.of(Stage.values())
                                        .flatMap(
                                                stage ->
                                                        Stream.of(Thrown.values())
                                                                .map(
                                                                        thrown ->
                                                                                Arguments.of(
                                                                                        dialect,
                                                                                        stage,
                                                                                        thrown))));
    }

    @ParameterizedTest
    @MethodSource("everything")
    void whatIsThrownBecomesTheAnswer(Dialect dialect, Stage stage, Thrown thrown)
            throws Exception {
        try (EngineServer server =
                        EngineServer.of(
                                options -> options.maxCalls(1),
                                Methods.runBy(throwing(stage, thrown)),
                                Methods.downloadBy(throwing(stage, thrown)));
                Http2Connection connection = new Http2Connection(server.port())) {
            for (var request :
                    List.of(dialect.unary("Run", PLAN), dialect.stream("Download", PLAN))) {
                WireAnswer[] answer = new WireAnswer[1];
                // The call before may count for a moment after its answer.
                Quiet.until(
                        "an answer to a call that is let in",
                        () -> {
                            answer[0] = connection.answer(connection.send(request));
                            return dialect.code(answer[0]) != Status.Code.RESOURCE_EXHAUSTED;
                        });
                assertThat(dialect.code(answer[0])).isEqualTo(thrown.code);
                assertThat(answer[0].toString() + answer[0].text()).doesNotContain("secret");
            }
        }
    }

    private static ServerCallHandler<Plan, Everything> throwing(Stage stage, Thrown thrown) {
        return (call, _) -> {
            thrown.at(Stage.START, stage);
            call.request(2);
            return new ServerCall.Listener<>() {
                @Override
                public void onReady() {
                    thrown.at(Stage.READY, stage);
                }

                @Override
                public void onMessage(Plan message) {
                    thrown.at(Stage.MESSAGE, stage);
                }

                @Override
                public void onHalfClose() {
                    thrown.at(Stage.HALF_CLOSE, stage);
                    call.close(Status.DATA_LOSS, new Metadata());
                }
            };
        };
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatHasBegunEndsWithTheFailure(Dialect dialect) throws Exception {
        try (EngineServer server =
                        EngineServer.of(
                                options -> options,
                                Methods.download(
                                        (_, caller) -> {
                                            caller.onNext(Everything.getDefaultInstance());
                                            throw new IllegalStateException("secret");
                                        }));
                Http2Connection connection = new Http2Connection(server.port())) {
            var answer = connection.answer(connection.send(dialect.stream("Download", PLAN)));
            assertThat(dialect.code(answer)).isEqualTo(Status.Code.INTERNAL);
            assertThat(dialect.messages(answer)).isOne();
            assertThat(answer.text()).doesNotContain("secret");
        }
    }

    @Test
    void aThrowingFarewellHurtsNobody() throws Exception {
        CountDownLatch farewells = new CountDownLatch(2);
        try (EngineServer server =
                        EngineServer.of(
                                options -> options,
                                Methods.runBy(
                                        (call, _) -> {
                                            call.request(2);
                                            return new Farewell(call, farewells);
                                        }));
                Http2Connection connection = new Http2Connection(server.port())) {
            for (int i = 0; i < 2; i++) {
                int call = connection.send(Dialect.GRPC.unary("Run", PLAN));
                assertThat(Dialect.GRPC.code(connection.answer(call)))
                        .isEqualTo(Status.Code.DATA_LOSS);
            }
            assertThat(farewells.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static final class Farewell extends ServerCall.Listener<Plan> {
        private final ServerCall<Plan, Everything> call;
        private final CountDownLatch farewells;

        Farewell(ServerCall<Plan, Everything> call, CountDownLatch farewells) {
            this.call = call;
            this.farewells = farewells;
        }

        @Override
        public void onHalfClose() {
            call.close(Status.DATA_LOSS, new Metadata());
        }

        @Override
        public void onComplete() {
            farewells.countDown();
            throw new IllegalStateException("secret");
        }

        @Override
        public void onCancel() {
            onComplete();
        }
    }
}
