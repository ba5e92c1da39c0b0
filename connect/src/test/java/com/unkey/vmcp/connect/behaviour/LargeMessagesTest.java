package com.unkey.vmcp.connect.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Envelopes;
import com.unkey.vmcp.connect.wire.Http1Connection;
import com.unkey.vmcp.connect.wire.Http2Connection;
import com.unkey.vmcp.connect.wire.WireAnswer;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages larger than any window or frame, and methods that send when they are told to. */
class LargeMessagesTest {

    private static final int MIB = 1024 * 1024;
    private static final Everything LARGE = large();

    private static Everything large() {
        byte[] noise = new byte[3 * MIB];
        new Random(1).nextBytes(noise);
        return Everything.newBuilder().setBytesValue(ByteString.copyFrom(noise)).build();
    }

    @Test
    void aLargeMessageThereAndBackOverHttp1() throws Exception {
        try (EngineServer server =
                        EngineServer.of(
                                options -> options,
                                Methods.upload(
                                        caller ->
                                                new StreamObserver<Everything>() {
                                                    @Override
                                                    public void onNext(Everything message) {
                                                        caller.onNext(message);
                                                    }

                                                    @Override
                                                    public void onError(Throwable gone) {}

                                                    @Override
                                                    public void onCompleted() {
                                                        caller.onCompleted();
                                                    }
                                                }));
                Http1Connection connection = new Http1Connection(server.port())) {
            connection.send(Dialect.CONNECT.stream("Upload", LARGE));
            WireAnswer answer = connection.read("POST");
            assertThat(Dialect.CONNECT.code(answer)).isEqualTo(Status.Code.OK);
            byte[] body = answer.body().toByteArray();
            assertThat(Everything.parseFrom(Envelopes.read(body).getFirst().content()))
                    .isEqualTo(LARGE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLargeAnswerOverHttp2(Dialect dialect) throws Exception {
        try (EngineServer server =
                        EngineServer.of(
                                options -> options,
                                Methods.runAndDownload(
                                        (_, caller) -> {
                                            caller.onNext(LARGE);
                                            caller.onCompleted();
                                        },
                                        (_, caller) -> {
                                            caller.onNext(LARGE);
                                            caller.onNext(LARGE);
                                            caller.onCompleted();
                                        }));
                Http2Connection connection = new Http2Connection(server.port())) {
            Plan plan = Plan.getDefaultInstance();
            WireAnswer one = connection.answer(connection.send(dialect.unary("Run", plan)));
            assertThat(dialect.code(one)).isEqualTo(Status.Code.OK);
            assertThat(one.body().size()).isGreaterThan(3 * MIB);
            WireAnswer two = connection.answer(connection.send(dialect.stream("Download", plan)));
            assertThat(dialect.code(two)).isEqualTo(Status.Code.OK);
            assertThat(dialect.messages(two)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMethodThatSendsWhileThereIsRoomSendsAll(Dialect dialect) throws Exception {
        int messages = 200;
        AtomicInteger sent = new AtomicInteger();
        Everything message = Everything.newBuilder().setText("x".repeat(16 * 1024)).build();
        try (EngineServer server =
                        EngineServer.of(
                                options -> options,
                                Methods.download(
                                        (_, caller) -> {
                                            var ready =
                                                    (ServerCallStreamObserver<Everything>) caller;
                                            ready.setOnReadyHandler(
                                                    () -> send(ready, message, sent, messages));
                                        }));
                Http2Connection connection = new Http2Connection(server.port())) {
            connection.keepWindowsClosed();
            int call = connection.send(dialect.stream("Download", Plan.getDefaultInstance()));
            connection.bytes(call, 1);
            assertThat(Quiet.settled("messages sent", sent::get)).isLessThan(messages / 2);
            connection.openWindow(call, 1 << 30);
            WireAnswer answer = connection.answer(call);
            assertThat(dialect.code(answer)).isEqualTo(Status.Code.OK);
            assertThat(dialect.messages(answer)).isEqualTo(messages);
        }
    }

    private static void send(
            ServerCallStreamObserver<Everything> caller,
            Everything message,
            AtomicInteger sent,
            int messages) {
        while (caller.isReady() && sent.get() < messages) {
            caller.onNext(message);
            if (sent.incrementAndGet() == messages) {
                caller.onCompleted();
            }
        }
    }
}
