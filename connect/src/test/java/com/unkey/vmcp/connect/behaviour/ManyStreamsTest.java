package com.unkey.vmcp.connect.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Envelopes;
import com.unkey.vmcp.connect.wire.Http2Connection;
import com.unkey.vmcp.connect.wire.WireAnswer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that share a connection do not get into each other's way. */
class ManyStreamsTest {

    private static final int STREAMS = 200;
    private static final int ROUNDS = 5;

    @ParameterizedTest
    @EnumSource
    void streamsOfOneConnectionKeepApart(Dialect dialect) throws Exception {
        try (EngineServer server = EngineServer.of(options -> options, Methods.echo());
                Http2Connection connection = new Http2Connection(server.port())) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(connection.open(dialect.stream("Chat"), false));
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (int stream : streams) {
                    boolean last = round == ROUNDS - 1;
                    connection.data(stream, Envelopes.of(message(stream, round)), last);
                }
            }
            for (int stream : streams) {
                assertThat(echoed(connection.answer(stream))).isEqualTo(messages(stream));
            }
        }
    }

    private static Everything message(int stream, int round) {
        return Everything.newBuilder().setInt32Value(stream).setInt64Value(round).build();
    }

    private static List<Everything> messages(int stream) {
        List<Everything> all = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            all.add(message(stream, round));
        }
        return all;
    }

    private static List<Everything> echoed(WireAnswer answer) throws Exception {
        List<Everything> all = new ArrayList<>();
        for (Envelopes.Frame frame : Envelopes.read(answer.body().toByteArray())) {
            if (frame.flags() == 0) {
                all.add(Everything.parseFrom(frame.content()));
            }
        }
        return all;
    }
}
