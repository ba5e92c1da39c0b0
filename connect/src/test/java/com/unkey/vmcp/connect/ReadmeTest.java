package com.unkey.vmcp.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import com.google.type.Money;
import com.linecorp.armeria.server.Server;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The README's example, word for word, and run. */
class ReadmeTest {

    private static final MethodDescriptor<Money, ErrorInfo> GREET =
            MethodDescriptor.<Money, ErrorInfo>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("greet.v1.Greeter/Greet")
                    .setRequestMarshaller(ProtoUtils.marshaller(Money.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(ErrorInfo.getDefaultInstance()))
                    .build();

    private final BindableService greeter =
            () ->
                    ServerServiceDefinition.builder("greet.v1.Greeter")
                            .addMethod(
                                    GREET,
                                    ServerCalls.asyncUnaryCall(
                                            (request, caller) -> {
                                                caller.onNext(
                                                        ErrorInfo.newBuilder()
                                                                .setReason(
                                                                        "Hello, "
                                                                                + request
                                                                                        .getCurrencyCode())
                                                                .build());
                                                caller.onCompleted();
                                            }))
                            .build();

    @Test
    void theExampleServes() throws Exception {
        int port = 0;
        // begin
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ConnectOptions options = ConnectOptions.builder(threads).build();
        ConnectService calls = ConnectService.of(List.of(greeter.bindService()), options);
        Server server =
                Server.builder()
                        .http(port)
                        .service(calls)
                        .serviceUnder("/", ConnectService.notFound(options))
                        .build();
        server.start().join();
        // end
        try (threads;
                server;
                HttpClient http = HttpClient.newHttpClient()) {
            URI uri =
                    URI.create(
                            "http://127.0.0.1:%d/greet.v1.Greeter/Greet"
                                    .formatted(server.activeLocalPort()));
            HttpRequest request =
                    HttpRequest.newBuilder(uri)
                            .header("content-type", "application/json")
                            .POST(BodyPublishers.ofString("{\"currencyCode\":\"Ada\"}"))
                            .build();
            assertThat(http.send(request, BodyHandlers.ofString()).body())
                    .isEqualTo("{\"reason\":\"Hello, Ada\"}");
        }
    }

    @Test
    void theExampleIsTheReadmes() throws Exception {
        Path module = Path.of("").toAbsolutePath();
        String readme = Files.readString(module.resolve("README.md"));
        String source =
                Files.readString(
                        module.resolve("src/test/java/com/unkey/vmcp/connect/ReadmeTest.java"));
        String example =
                source.substring(source.indexOf("// begin\n") + 9, source.indexOf("// end\n"))
                        .lines()
                        .map(line -> line.startsWith("        ") ? line.substring(8) : line)
                        .collect(Collectors.joining("\n"))
                        .stripTrailing();
        assertThat(readme).contains("```java\n" + example + "\n```");
    }
}
