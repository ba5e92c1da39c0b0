package com.unkey.vmcp.connect.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Everything;
import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Http2Connection;
import com.unkey.vmcp.connect.wire.WireAnswer;
import com.unkey.vmcp.connect.wire.WireRequest;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Methods and interceptors that use a call as it is not meant: an answer each time, no hanging. */
class MisuseTest {

    private static final Everything MESSAGE = Everything.getDefaultInstance();

    private static WireAnswer unary(Dialect dialect, Consumer<ServerCall<Plan, Everything>> use)
            throws Exception {
        return answer(dialect.unary("Run", Plan.getDefaultInstance()), use);
    }

    private static WireAnswer stream(Dialect dialect, Consumer<ServerCall<Plan, Everything>> use)
            throws Exception {
        return answer(dialect.stream("Download", Plan.getDefaultInstance()), use);
    }

    private static WireAnswer answer(
            WireRequest request, Consumer<ServerCall<Plan, Everything>> use) throws Exception {
        try (EngineServer server =
                        EngineServer.of(
                                options -> options,
                                Methods.runBy((call, _) -> atHalfClose(call, use)),
                                Methods.downloadBy((call, _) -> atHalfClose(call, use)));
                Http2Connection connection = new Http2Connection(server.port())) {
            return connection.answer(connection.send(request));
        }
    }

    private static ServerCall.Listener<Plan> atHalfClose(
            ServerCall<Plan, Everything> call, Consumer<ServerCall<Plan, Everything>> use) {
        call.request(2);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                use.accept(call);
            }
        };
    }

    private static void close(ServerCall<?, ?> call, Status status) {
        call.close(status, new Metadata());
    }

    @ParameterizedTest
    @EnumSource
    void noAnswerWhereOneIsDue(Dialect dialect) throws Exception {
        WireAnswer answer = unary(dialect, call -> close(call, Status.OK));
        assertThat(dialect.code(answer)).isEqualTo(Status.Code.INTERNAL);
    }

    @ParameterizedTest
    @EnumSource
    void twoAnswersWhereOneIsDue(Dialect dialect) throws Exception {
        WireAnswer answer =
                unary(
                        dialect,
                        call -> {
                            call.sendHeaders(new Metadata());
                            call.sendMessage(MESSAGE);
                            call.sendMessage(MESSAGE);
                            close(call, Status.OK);
                        });
        assertThat(dialect.code(answer)).isEqualTo(Status.Code.INTERNAL);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerAndThenAFailure(Dialect dialect) throws Exception {
        WireAnswer answer =
                unary(
                        dialect,
                        call -> {
                            call.sendHeaders(new Metadata());
                            call.sendMessage(MESSAGE);
                            close(call, Status.ABORTED);
                        });
        assertThat(dialect.code(answer)).isEqualTo(Status.Code.ABORTED);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageAfterTheEnd(Dialect dialect) throws Exception {
        WireAnswer answer =
                stream(
                        dialect,
                        call -> {
                            call.sendHeaders(new Metadata());
                            call.sendMessage(MESSAGE);
                            close(call, Status.OK);
                            call.sendMessage(MESSAGE);
                        });
        assertThat(dialect.code(answer)).isEqualTo(Status.Code.OK);
        assertThat(dialect.messages(answer)).isOne();
    }

    @ParameterizedTest
    @EnumSource
    void theEndTwice(Dialect dialect) throws Exception {
        Consumer<ServerCall<Plan, Everything>> twice =
                call -> {
                    close(call, Status.ABORTED);
                    close(call, Status.OK);
                };
        assertThat(dialect.code(unary(dialect, twice))).isEqualTo(Status.Code.ABORTED);
        assertThat(dialect.code(stream(dialect, twice))).isEqualTo(Status.Code.ABORTED);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageWithoutHeadersBefore(Dialect dialect) throws Exception {
        Consumer<ServerCall<Plan, Everything>> bare =
                call -> {
                    call.sendMessage(MESSAGE);
                    close(call, Status.OK);
                };
        assertThat(unary(dialect, bare).status()).isNotZero();
        assertThat(stream(dialect, bare).status()).isNotZero();
    }

    @ParameterizedTest
    @EnumSource
    void headersTwiceAndLate(Dialect dialect) throws Exception {
        Consumer<ServerCall<Plan, Everything>> twice =
                call -> {
                    call.sendHeaders(new Metadata());
                    call.sendHeaders(new Metadata());
                    call.sendMessage(MESSAGE);
                    call.sendHeaders(new Metadata());
                    close(call, Status.OK);
                };
        assertThat(unary(dialect, twice).status()).isNotZero();
        assertThat(stream(dialect, twice).status()).isNotZero();
    }

    @ParameterizedTest
    @EnumSource
    void aMessageThatIsNull(Dialect dialect) throws Exception {
        Consumer<ServerCall<Plan, Everything>> nothing =
                call -> {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(null);
                    close(call, Status.OK);
                };
        assertThat(dialect.code(unary(dialect, nothing))).isEqualTo(Status.Code.INTERNAL);
        assertThat(dialect.code(stream(dialect, nothing))).isEqualTo(Status.Code.INTERNAL);
    }
}
