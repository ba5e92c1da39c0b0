package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.HttpServiceWithRoutes;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceOptions;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Owns the paths of some grpc-java services and answers every call to them, in Connect, gRPC and
 * gRPC-Web, with their methods and interceptors.
 */
public final class ConnectService implements HttpServiceWithRoutes {

    private final Map<String, MethodService<?, ?>> methods;
    private final Set<Route> routes;
    private final CallsUnderWay calls;
    private final ConnectOptions options;

    private ConnectService(
            Map<String, MethodService<?, ?>> methods, CallsUnderWay calls, ConnectOptions options) {
        this.methods = Map.copyOf(methods);
        this.routes =
                methods.keySet().stream()
                        .map(path -> Route.builder().exact(path).build())
                        .collect(Collectors.toUnmodifiableSet());
        this.calls = calls;
        this.options = options;
    }

    /**
     * Prepares the methods of the services.
     *
     * @throws IllegalArgumentException where a method is not about protobuf messages, or two have
     *     the same name
     */
    public static ConnectService of(
            List<ServerServiceDefinition> services, ConnectOptions options) {
        CallsUnderWay calls = new CallsUnderWay(options.maxCalls());
        Compressions compressions = new Compressions(options.compressions());
        List<Codec> codecs =
                List.of(new ProtoCodec(), new JsonCodec(options.fieldNames(), options.types()));
        Encodings unary = Encodings.forUnary(codecs);
        Encodings streams = Encodings.forStreams(codecs);
        Map<String, MethodService<?, ?>> methods = new HashMap<>();
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> definition : service.getMethods()) {
                Method<?, ?> method = Method.of(definition);
                Encodings encodings = method.isUnary() ? unary : streams;
                MethodService<?, ?> made =
                        new MethodService<>(method, encodings, compressions, calls, options);
                if (methods.put(method.path(), made) != null) {
                    throw new IllegalArgumentException("two methods are " + method.name());
                }
            }
        }
        return new ConnectService(methods, calls, options);
    }

    /** Answers whatever no other service does, with the 404 of Go's net/http. */
    public static HttpService notFound(ConnectOptions options) {
        return new NotFound(options);
    }

    private record NotFound(ConnectOptions limits) implements HttpService {
        @Override
        public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
            return Refusals.reading(context, request, limits, Refusals.notFound());
        }

        @Override
        public ExchangeType exchangeType(RoutingContext routing) {
            return ExchangeType.REQUEST_STREAMING;
        }

        @Override
        public ServiceOptions options() {
            return Refusals.options(limits);
        }
    }

    /**
     * Prepares the end of the server: streams end with unavailable, and so does every new call.
     * Unary calls under way are left alone.
     */
    public void drain() {
        calls.drain();
    }

    @Override
    public Set<Route> routes() {
        return routes;
    }

    /**
     * Request bodies are taken as they come, so that a large one never has to fit into memory;
     * answers of one message are written in one go.
     */
    @Override
    public ExchangeType exchangeType(RoutingContext routing) {
        MethodService<?, ?> method = methods.get(routing.path());
        return method == null || method.givesOne()
                ? ExchangeType.REQUEST_STREAMING
                : ExchangeType.BIDI_STREAMING;
    }

    /** Length and time are measured here, message by message and call by call. */
    @Override
    public ServiceOptions options() {
        return Refusals.options(options);
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        MethodService<?, ?> method = methods.get(context.config().route().patternString());
        return method == null
                ? Refusals.reading(context, request, options, Refusals.notFound())
                : method.serve(context, request);
    }
}
