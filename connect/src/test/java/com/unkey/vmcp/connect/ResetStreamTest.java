package com.unkey.vmcp.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Envelopes;
import com.unkey.vmcp.connect.wire.Http2Connection;
import com.unkey.vmcp.connect.wire.WireAnswer;
import com.unkey.vmcp.connect.wire.WireRequest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a client may still see after it gave a call up. Some clients look, and take whatever comes
 * for the call's end.
 */
class ResetStreamTest {

    private static final Plan SLOW = Plan.newBuilder().setDelayMs(60_000).build();
    private static final Plan SLOW_AFTER_ONE = SLOW.toBuilder().setAnswers(1).build();

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc-web", "application/connect"})
    void aStreamThatWasResetGetsNoEnd(String type) throws IOException {
        try (EngineServer server = EngineServer.ofTestService(1 << 20);
                Http2Connection connection = new Http2Connection(server.port())) {
            int stream = connection.send(call("Download", SLOW_AFTER_ONE, type + "+proto"));
            int received = connection.bytes(stream, 1).body().size();
            connection.reset(stream);
            passTime(connection);
            WireAnswer answer = connection.soFar(stream);
            assertThat(answer.body().size()).isEqualTo(received);
            assertThat(answer.trailers()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc-web", "application/connect"})
    void aStreamThatWasResetBeforeItsFirstMessageGetsNothing(String type) throws IOException {
        getsNothing(call("Download", SLOW, type + "+proto"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc-web"})
    void aCallThatWasResetGetsNothing(String type) throws IOException {
        getsNothing(call("Run", SLOW, type + "+proto"));
    }

    @Test
    void aCallInJsonThatWasResetGetsNothing() throws IOException {
        getsNothing(WireRequest.json("Run", "{\"delayMs\":\"60000\"}"));
    }

    private static void getsNothing(WireRequest request) throws IOException {
        try (EngineServer server = EngineServer.ofTestService(1 << 20);
                Http2Connection connection = new Http2Connection(server.port())) {
            int stream = connection.send(request);
            passTime(connection);
            connection.reset(stream);
            passTime(connection);
            assertThat(connection.soFar(stream).status()).isZero();
        }
    }

    private static WireRequest call(String method, Plan plan, String type) {
        return WireRequest.post(method, Envelopes.of(plan), "content-type", type, "te", "trailers");
    }

    /** Answers come in the order in which they were written. */
    private static void passTime(Http2Connection connection) throws IOException {
        int next = connection.send(WireRequest.json("Echo", "{}"));
        assertThat(connection.answer(next).status()).isEqualTo(200);
    }
}
