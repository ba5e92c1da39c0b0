package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.HttpServiceWithRoutes;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Owns the paths of some grpc-java services and answers every call to them: the gRPC family by the
 * service it is given, Connect by its own engine, with the same methods and interceptors.
 *
 * <p>The route must not limit the length of requests; this class does, in both families.
 */
public final class ConnectService implements HttpServiceWithRoutes {

    /** What a gRPC frame adds to a message, and some room for a compressed one that grew. */
    private static final int FRAME_ALLOWANCE = 1_024;

    private final Map<String, UnaryHandler<?, ?>> handlers;
    private final Map<String, Codec> codecs;
    private final Set<Route> routes;
    private final GrpcFamily grpc;
    private final ConnectOptions options;

    private ConnectService(
            Map<String, UnaryHandler<?, ?>> handlers, GrpcFamily grpc, ConnectOptions options) {
        this.handlers = Map.copyOf(handlers);
        this.codecs = codecs(List.of(new JsonCodec(options.fieldNames())));
        this.routes =
                handlers.keySet().stream()
                        .map(path -> Route.builder().exact(path).build())
                        .collect(Collectors.toUnmodifiableSet());
        this.grpc = grpc;
        this.options = options;
    }

    /**
     * Prepares the methods of the services.
     *
     * @throws IllegalArgumentException where a method is not unary
     */
    public static ConnectService of(
            List<ServerServiceDefinition> services, GrpcFamily grpc, ConnectOptions options) {
        Map<String, UnaryHandler<?, ?>> handlers =
                services.stream()
                        .flatMap(service -> service.getMethods().stream())
                        .collect(
                                Collectors.toMap(
                                        ConnectService::path,
                                        method -> UnaryHandler.of(method, options)));
        return new ConnectService(handlers, grpc, options);
    }

    /** Answers whatever no other service does, with the 404 of Go's net/http. */
    public static HttpService notFound(ConnectOptions options) {
        return (context, request) ->
                Refusals.afterBody(context, request, options, Refusals.notFound());
    }

    private static String path(ServerMethodDefinition<?, ?> method) {
        return "/" + method.getMethodDescriptor().getFullMethodName();
    }

    private static Map<String, Codec> codecs(List<Codec> all) {
        return all.stream()
                .flatMap(codec -> codec.contentTypes().stream().map(type -> Map.entry(type, codec)))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public Set<Route> routes() {
        return routes;
    }

    /** Bodies are taken as they come, so that a large one never has to fit into memory. */
    @Override
    public ExchangeType exchangeType(RoutingContext routing) {
        return ExchangeType.BIDI_STREAMING;
    }

    @Override
    public void serviceAdded(ServiceConfig config) throws Exception {
        grpc.service().serviceAdded(config);
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
        UnaryHandler<?, ?> handler = handlers.get(context.config().route().patternString());
        if (handler == null) {
            return refuse(context, request, Refusals.notFound());
        }
        if (request.method() != HttpMethod.POST) {
            return refuse(context, request, Refusals.methodNotAllowed("POST"));
        }
        String type = contentType(request);
        if (grpc.contentTypes().contains(type)) {
            return grpc.service().serve(context, bounded(request));
        }
        Codec codec = codecs.get(type);
        if (codec == null) {
            return refuse(context, request, Refusals.unsupportedMediaType(accepted()));
        }
        return handler.serve(context, request, codec, type);
    }

    private HttpResponse refuse(
            ServiceRequestContext context, HttpRequest request, HttpResponse refusal) {
        return Refusals.afterBody(context, request, options, refusal);
    }

    /** The content type in lower case, written in one way; empty where there is none. */
    private static String contentType(HttpRequest request) {
        MediaType type = request.contentType();
        if (type == null) {
            return "";
        }
        String bare = type.type() + "/" + type.subtype();
        String parameters =
                type.parameters().entrySet().stream()
                        .flatMap(e -> e.getValue().stream().map(v -> "; " + e.getKey() + "=" + v))
                        .collect(Collectors.joining());
        return (bare + parameters).toLowerCase(Locale.ROOT);
    }

    private Set<String> accepted() {
        Set<String> types = new TreeSet<>(codecs.keySet());
        types.addAll(grpc.contentTypes());
        return types;
    }

    private HttpRequest bounded(HttpRequest request) {
        return request.mapData(new Meter(options.maxMessageBytes() + FRAME_ALLOWANCE));
    }

    /** Breaks a body off that can hold no message of an allowed size. */
    private static final class Meter implements Function<HttpData, HttpData> {
        private final long limit;
        private long seen;

        Meter(long limit) {
            this.limit = limit;
        }

        @Override
        public HttpData apply(HttpData data) {
            seen += data.length();
            if (seen > limit) {
                data.close();
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription(
                                "request message is larger than the limit of %d bytes"
                                        .formatted(limit - FRAME_ALLOWANCE))
                        .asRuntimeException();
            }
            return data;
        }
    }
}
