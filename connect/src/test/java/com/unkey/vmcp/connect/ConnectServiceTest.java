package com.unkey.vmcp.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import com.google.type.Money;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.server.Server;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine on a service that has nothing to do with virtual machines. */
class ConnectServiceTest {

    private static final Metadata.Key<String> ECHO = ascii("x-echo");
    private static final Metadata.Key<byte[]> BLOB =
            Metadata.Key.of("x-blob-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Context.Key<String> SEEN = Context.key("seen");

    private final MethodDescriptor<Money, ErrorInfo> method =
            MethodDescriptor.<Money, ErrorInfo>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("bank.v1.Bank/Name")
                    .setRequestMarshaller(ProtoUtils.marshaller(Money.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(ErrorInfo.getDefaultInstance()))
                    .build();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private Server server;

    private static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @BeforeEach
    void start() {
        ServerServiceDefinition service =
                ServerServiceDefinition.builder("bank.v1.Bank")
                        .addMethod(
                                method,
                                ServerCalls.asyncUnaryCall(
                                        (request, caller) -> {
                                            switch (request.getCurrencyCode()) {
                                                case "THROW" ->
                                                        throw new IllegalStateException("secret");
                                                case "STATUS" ->
                                                        caller.onError(
                                                                Status.DATA_LOSS
                                                                        .withDescription("gone")
                                                                        .asException());
                                                case "SILENT" -> caller.onCompleted();
                                                default -> {
                                                    caller.onNext(
                                                            ErrorInfo.newBuilder()
                                                                    .setReason(SEEN.get())
                                                                    .build());
                                                    caller.onCompleted();
                                                }
                                            }
                                        }))
                        .build();
        ConnectService connect =
                ConnectService.of(
                        List.of(ServerInterceptors.intercept(service, new Echo())),
                        ConnectOptions.builder(threads)
                                .maxMessageBytes(1024)
                                .bodyTimeout(Duration.ofSeconds(5))
                                .build());
        // Loops that end at once: all connections are closed by then.
        EventLoopGroup loops =
                EventLoopGroups.builder()
                        .numThreads(1)
                        .gracefulShutdown(Duration.ZERO, Duration.ofSeconds(1))
                        .build();
        server =
                Server.builder()
                        .port(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                SessionProtocol.HTTP)
                        .workerGroup(loops, true)
                        .bossGroupFactory(_ -> loops)
                        .maxRequestLength(0)
                        .service(connect)
                        .build();
        server.start().join();
    }

    @AfterEach
    void stop() {
        http.close();
        server.stop().join();
        threads.shutdownNow();
    }

    /** Puts a header into the context and sends it back, ahead and behind. */
    private static final class Echo implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            String echo = String.valueOf(headers.get(ECHO));
            ServerCall<A, B> echoing =
                    new SimpleForwardingServerCall<>(call) {
                        @Override
                        public void sendHeaders(Metadata leading) {
                            leading.put(ECHO, echo);
                            super.sendHeaders(leading);
                        }

                        @Override
                        public void close(Status status, Metadata trailers) {
                            byte[] blob = headers.get(BLOB);
                            trailers.put(BLOB, blob == null ? new byte[] {1} : blob);
                            trailers.put(ascii("grpc-encoding"), "ours");
                            super.close(status, trailers);
                        }
                    };
            Context context = Context.current().withValue(SEEN, echo);
            return Contexts.interceptCall(context, echoing, headers, next);
        }
    }

    private java.net.http.HttpResponse<String> call(String body, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:%d/bank.v1.Bank/Name"
                                                .formatted(server.activeLocalPort())))
                        .setHeader("content-type", "application/json")
                        .timeout(Duration.ofSeconds(20))
                        .POST(BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void interceptorsSeeHeadersAndSetHeadersAndTrailers() throws Exception {
        var response = call("{}", "x-echo", "hello", "x-blob-bin", "AAH/");
        assertThat(response.body()).isEqualTo("{\"reason\":\"hello\"}");
        assertThat(response.headers().firstValue("x-echo")).contains("hello");
        assertThat(response.headers().firstValue("trailer-x-blob-bin")).contains("AAH/");
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.contains("grpc"));
    }

    @Test
    void failuresKeepTheirTrailers() throws Exception {
        var response = call("{\"currencyCode\":\"STATUS\"}");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("data_loss");
        assertThat(response.headers().firstValue("trailer-x-blob-bin")).contains("AQ");
    }

    @Test
    void whatAMethodThrowsIsNotTold() throws Exception {
        var response = call("{\"currencyCode\":\"THROW\"}");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body())
                .isEqualTo("{\"code\":\"internal\",\"message\":\"internal error\"}");
    }

    @Test
    void aMethodMustAnswer() throws Exception {
        var response = call("{\"currencyCode\":\"SILENT\"}");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("internal");
    }

    @Test
    void binaryHeadersMustBeBase64() throws Exception {
        var response = call("{}", "x-blob-bin", "***");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("x-blob-bin");
    }

    @Test
    void otherTypesAreToldWhatIsAccepted() throws Exception {
        var response = call("{}", "content-type", "application/grpc+thrift");
        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.headers().firstValue("accept-post"))
                .contains(
                        "application/grpc, application/grpc+json, application/grpc+json;"
                                + " charset=utf-8, application/grpc+proto, application/grpc-web,"
                                + " application/grpc-web+json, application/grpc-web+json;"
                                + " charset=utf-8, application/grpc-web+proto, application/json,"
                                + " application/json; charset=utf-8, application/proto");
    }

    @Test
    void bodiesOverTheLimitAreReadAndRefused() throws Exception {
        for (int size : new int[] {1025, 10_000, 200_000}) {
            var response = call(" ".repeat(size));
            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(response.body()).contains("resource_exhausted", "1024 bytes");
        }
        assertThat(call(" ".repeat(1022) + "{}").statusCode()).isEqualTo(200);
    }
}
