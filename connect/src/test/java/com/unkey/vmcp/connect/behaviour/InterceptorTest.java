package com.unkey.vmcp.connect.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.connect.testing.v1.Plan;
import com.unkey.vmcp.connect.wire.EngineServer;
import com.unkey.vmcp.connect.wire.Http2Connection;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Interceptors see each call as they would under gRPC, whatever it came in. */
class InterceptorTest {

    private static final Plan PLAN = Plan.getDefaultInstance();
    private static final Context.Key<String> SEEN = Context.key("seen");
    private final BlockingQueue<String> methods = new LinkedBlockingQueue<>();

    private EngineServer server(ServerInterceptor... interceptors) {
        return EngineServer.of(
                options -> options,
                ServerInterceptors.intercept(
                        Methods.runAndDownload(
                                (_, caller) -> {
                                    methods.add(SEEN.get());
                                    Methods.answer(caller);
                                },
                                (_, caller) -> {
                                    methods.add(SEEN.get());
                                    Methods.answer(caller);
                                }),
                        interceptors));
    }

    private static final class Seeing implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            assertThat(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).isNotNull();
            assertThat(call.getAuthority()).isEqualTo("golden.test");
            String seen =
                    call.getMethodDescriptor().getBareMethodName()
                            + (Context.current().getDeadline() == null ? "" : " in time");
            return Contexts.interceptCall(
                    Context.current().withValue(SEEN, seen), call, headers, next);
        }
    }

    @ParameterizedTest
    @EnumSource
    void methodAndDeadlineAreSeen(Dialect dialect) throws Exception {
        try (EngineServer server = server(new Seeing());
                Http2Connection connection = new Http2Connection(server.port())) {
            int run = connection.send(dialect.unary("Run", PLAN));
            assertThat(dialect.code(connection.answer(run))).isEqualTo(Status.Code.OK);
            assertThat(methods.poll(20, TimeUnit.SECONDS)).isEqualTo("Run");
            int download =
                    connection.send(dialect.within(60_000, dialect.stream("Download", PLAN)));
            assertThat(dialect.code(connection.answer(download))).isEqualTo(Status.Code.OK);
            assertThat(methods.poll(20, TimeUnit.SECONDS)).isEqualTo("Download in time");
        }
    }

    private static final class Refusing implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            call.close(Status.UNAUTHENTICATED, new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedCallReachesNoMethod(Dialect dialect) throws Exception {
        try (EngineServer server = server(new Refusing());
                Http2Connection connection = new Http2Connection(server.port())) {
            int run = connection.send(dialect.unary("Run", PLAN));
            assertThat(dialect.code(connection.answer(run))).isEqualTo(Status.Code.UNAUTHENTICATED);
            int download = connection.send(dialect.stream("Download", PLAN));
            assertThat(dialect.code(connection.answer(download)))
                    .isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(methods).isEmpty();
        }
    }
}
