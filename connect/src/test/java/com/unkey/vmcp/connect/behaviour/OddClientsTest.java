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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that take liberties which HTTP allows. */
class OddClientsTest {

    private static final Plan PLAN = Plan.getDefaultInstance();
    private final EngineServer server =
            EngineServer.of(
                    options -> options,
                    Methods.run((_, caller) -> Methods.answer(caller)),
                    Methods.echo());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void oneThatAsksBeforeItSendsItsBodyIsToldToGoOn() throws Exception {
        String head =
                """
                POST /connect.testing.v1.TestService/Run HTTP/1.1\r
                Host: golden.test\r
                Content-Type: application/json\r
                Content-Length: 2\r
                Expect: 100-continue\r
                \r
                """;
        try (Http1Connection connection = new Http1Connection(server.port())) {
            connection.send(head.getBytes(UTF_8));
            assertThat(connection.read("POST").status()).isEqualTo(100);
            connection.send("{}".getBytes(UTF_8));
            assertThat(connection.read("POST").text()).isEqualTo("{}");
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneThatSendsTrailersIsAnswered(Dialect dialect) throws Exception {
        try (Http2Connection connection = new Http2Connection(server.port())) {
            WireRequest unary = dialect.unary("Run", Plan.newBuilder().setAnswers(1).build());
            WireRequest stream = dialect.stream("Chat", Everything.getDefaultInstance());
            for (WireRequest request : new WireRequest[] {unary, stream}) {
                int call = connection.open(request, false);
                connection.data(call, request.body().toByteArray(), false);
                connection.trailers(call, Map.of("x-trailer", "t"));
                WireAnswer answer = connection.answer(call);
                assertThat(dialect.code(answer)).isEqualTo(Status.Code.OK);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneThatSendsByteByByteIsUnderstood(Dialect dialect) throws Exception {
        WireRequest chat =
                dialect.stream(
                        "Chat",
                        Everything.newBuilder().setText("a").build(),
                        Everything.getDefaultInstance(),
                        Everything.newBuilder().setText("b").build());
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int call = connection.open(chat, false);
            for (byte each : chat.body().toByteArray()) {
                connection.data(call, new byte[] {each}, false);
            }
            connection.data(call, new byte[0], true);
            WireAnswer answer = connection.answer(call);
            assertThat(dialect.code(answer)).isEqualTo(Status.Code.OK);
            assertThat(dialect.messages(answer)).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneThatAnswersEachAnswerTalksToTheEnd(Dialect dialect) throws Exception {
        WireRequest chat = dialect.stream("Chat");
        byte[] message = Envelopes.of(Everything.newBuilder().setText("a").build());
        try (Http2Connection connection = new Http2Connection(server.port())) {
            int call = connection.open(chat, false);
            for (int i = 1; i <= 20; i++) {
                connection.data(call, message, false);
                connection.bytes(call, i * message.length);
            }
            connection.data(call, new byte[0], true);
            assertThat(dialect.messages(connection.answer(call))).isEqualTo(20);
        }
    }

    @Test
    void oneThatBreaksOffItsBodyCostsNothing() throws Exception {
        String half =
                """
                POST /connect.testing.v1.TestService/Run HTTP/1.1\r
                Host: golden.test\r
                Content-Type: application/json\r
                Content-Length: 100\r
                \r
                {""";
        for (int i = 0; i < 20; i++) {
            try (Http1Connection connection = new Http1Connection(server.port())) {
                connection.send(half.getBytes(UTF_8));
            }
        }
        assertThat(
                        Http1Connection.exchange(server.port(), Dialect.CONNECT.unary("Run", PLAN))
                                .status())
                .isEqualTo(200);
    }
}
