package com.unkey.vmcp.connect.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Http2Connection;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends that come at the same time: each call gets one of them, whole, and none gets lost. */
class RaceTest {

    private static final int CALLS = 300;

    private final AtomicInteger number = new AtomicInteger();
    private final ScheduledExecutorService elsewhere = Executors.newScheduledThreadPool(4);
    private final EngineServer server =
            EngineServer.of(
                    options -> options,
                    Methods.runAndDownload(
                            (_, caller) -> {
                                pause();
                                Methods.answer(caller);
                            },
                            (_, caller) -> {
                                caller.onNext(Everything.getDefaultInstance());
                                pause();
                                Methods.answer(caller);
                            }));

    /** Something between nothing and four milliseconds. */
    private void pause() {
        LockSupport.parkNanos(Duration.ofMillis(number.incrementAndGet() % 5).toNanos());
    }

    @AfterEach
    void stop() {
        server.close();
        elsewhere.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlineAndAnAnswer(Dialect dialect) throws Exception {
        Plan plan = Plan.getDefaultInstance();
        try (Http2Connection connection = new Http2Connection(server.port())) {
            List<Integer> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                var request =
                        i % 2 == 0 ? dialect.unary("Run", plan) : dialect.stream("Download", plan);
                calls.add(connection.send(dialect.within(1 + i % 7, request)));
            }
            for (int call : calls) {
                assertThat(dialect.code(connection.answer(call)))
                        .isIn(Status.Code.OK, Status.Code.DEADLINE_EXCEEDED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResetAndAnAnswer(Dialect dialect) throws Exception {
        Plan plan = Plan.getDefaultInstance();
        try (Http2Connection connection = new Http2Connection(server.port())) {
            for (int i = 0; i < CALLS; i++) {
                int call =
                        connection.send(
                                i % 2 == 0
                                        ? dialect.unary("Run", plan)
                                        : dialect.stream("Download", plan));
                LockSupport.parkNanos(Duration.ofMillis(i % 4).toNanos());
                connection.reset(call);
            }
            int after = connection.send(dialect.unary("Run", plan));
            assertThat(dialect.code(connection.answer(after))).isEqualTo(Status.Code.OK);
        }
    }

    /** The method has long returned when its call is answered, by some other thread. */
    @ParameterizedTest
    @EnumSource
    void answersFromElsewhere(Dialect dialect) throws Exception {
        Plan plan = Plan.getDefaultInstance();
        try (EngineServer late =
                        EngineServer.of(
                                options -> options,
                                Methods.runAndDownload(
                                        (_, caller) -> later(() -> Methods.answer(caller)),
                                        (_, caller) -> {
                                            later(() -> half(caller));
                                        }));
                Http2Connection connection = new Http2Connection(late.port())) {
            List<Integer> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                calls.add(
                        connection.send(
                                i % 2 == 0
                                        ? dialect.unary("Run", plan)
                                        : dialect.stream("Download", plan)));
            }
            for (int call : calls) {
                assertThat(dialect.code(connection.answer(call))).isEqualTo(Status.Code.OK);
            }
        }
    }

    private void later(Runnable work) {
        var _ = elsewhere.schedule(work, number.incrementAndGet() % 5, TimeUnit.MILLISECONDS);
    }

    /** One message now, and the end by yet another thread. */
    private void half(StreamObserver<Everything> caller) {
        caller.onNext(Everything.getDefaultInstance());
        later(() -> Methods.answer(caller));
    }
}
