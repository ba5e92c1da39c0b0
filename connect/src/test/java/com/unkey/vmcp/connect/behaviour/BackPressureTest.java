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
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever is not read from has to wait: nothing piles up in between. */
class BackPressureTest {

    private static final int KIB = 1024;
    private static final int MESSAGE_BYTES = 64 * KIB;

    /** 32 MiB altogether, of which the kernel's socket buffers take a few at most. */
    private static final int MESSAGES = 500;

    private static final int KERNEL_MESSAGES = 300;
    private static final Plan PLAN = Plan.getDefaultInstance();
    private static final Everything LARGE =
            Everything.newBuilder().setText("x".repeat(MESSAGE_BYTES)).build();

    private final AtomicInteger sent = new AtomicInteger();

    private EngineServer sender() {
        return EngineServer.of(
                options -> options,
                Methods.download(
                        (_, caller) -> {
                            for (int i = 0; i < MESSAGES; i++) {
                                caller.onNext(LARGE);
                                sent.incrementAndGet();
                            }
                            caller.onCompleted();
                        }));
    }

    @ParameterizedTest
    @EnumSource
    void aSenderWaitsForAClientWithAClosedWindow(Dialect dialect) throws Exception {
        try (EngineServer server = sender();
                Http2Connection connection = new Http2Connection(server.port())) {
            connection.keepWindowsClosed();
            int call = connection.send(dialect.stream("Download", PLAN));
            connection.bytes(call, 1);
            assertThat(Quiet.settled("messages sent", sent::get)).isLessThan(10);
            connection.openWindow(call, 1 << 30);
            WireAnswer answer = connection.answer(call);
            assertThat(dialect.code(answer)).isEqualTo(Status.Code.OK);
            assertThat(dialect.messages(answer)).isEqualTo(MESSAGES);
        }
    }

    @Test
    void aSenderWaitsForAClientThatDoesNotRead() throws Exception {
        try (EngineServer server = sender();
                Http1Connection connection = new Http1Connection(server.port())) {
            connection.send(Dialect.CONNECT.stream("Download", PLAN));
            assertThat(Quiet.settled("messages sent", sent::get)).isLessThan(KERNEL_MESSAGES);
            WireAnswer answer = connection.read("POST");
            assertThat(Dialect.CONNECT.code(answer)).isEqualTo(Status.Code.OK);
            assertThat(Dialect.CONNECT.messages(answer)).isEqualTo(MESSAGES);
        }
    }

    @Test
    void aWaitingSenderEndsWithItsClient() throws Exception {
        try (EngineServer server = sender();
                Http2Connection connection = new Http2Connection(server.port())) {
            connection.keepWindowsClosed();
            int call = connection.send(Dialect.GRPC.stream("Download", PLAN));
            connection.bytes(call, 1);
            Quiet.settled("messages sent", sent::get);
            connection.reset(call);
            // What a stub sends after that is dropped, so the method runs to its end.
            Quiet.until("the method's end", () -> sent.get() == MESSAGES);
        }
    }

    @Test
    void aClientWaitsForAMethodThatAsksForNothing() throws Exception {
        CompletableFuture<ServerCallStreamObserver<Everything>> waiting = new CompletableFuture<>();
        try (EngineServer server =
                        EngineServer.of(
                                options -> options,
                                Methods.upload(
                                        caller -> {
                                            caller.disableAutoRequest();
                                            waiting.complete(caller);
                                            return new Slow(caller, new AtomicInteger());
                                        }));
                Http1Connection connection = new Http1Connection(server.port())) {
            AtomicLong written = new AtomicLong();
            Thread client = Thread.startVirtualThread(() -> upload(connection, written));
            assertThat(Quiet.settled("bytes written", written::get))
                    .isLessThan((long) KERNEL_MESSAGES * MESSAGE_BYTES);
            waiting.get().request(1);
            WireAnswer answer = connection.read("POST");
            client.join();
            assertThat(Dialect.CONNECT.code(answer)).isEqualTo(Status.Code.OK);
            byte[] first =
                    Envelopes.read(answer.body().toByteArray()).getFirst().content().toByteArray();
            assertThat(Everything.parseFrom(first).getInt32Value()).isEqualTo(MESSAGES);
        }
    }

    private static void upload(Http1Connection connection, AtomicLong written) {
        byte[] message = Envelopes.of(LARGE);
        String head =
                """
                POST /connect.testing.v1.TestService/Upload HTTP/1.1\r
                Host: golden.test\r
                Content-Type: application/connect+proto\r
                Content-Length: %d\r
                \r
                """
                        .formatted((long) message.length * MESSAGES);
        try {
            connection.send(head.getBytes(UTF_8));
            for (int i = 0; i < MESSAGES; i++) {
                connection.send(message);
                written.addAndGet(message.length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks for the next message when it has one. */
    private record Slow(ServerCallStreamObserver<Everything> caller, AtomicInteger received)
            implements StreamObserver<Everything> {
        @Override
        public void onNext(Everything message) {
            received.incrementAndGet();
            caller.request(1);
        }

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {
            caller.onNext(Everything.newBuilder().setInt32Value(received.get()).build());
            caller.onCompleted();
        }
    }
}
