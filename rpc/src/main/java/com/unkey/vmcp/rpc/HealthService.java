package com.unkey.vmcp.rpc;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.unkey.vmcp.core.control.HealthReport;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Answers GET (and HEAD) with whether the daemon can serve: 200, or 503 with the reason. */
final class HealthService implements HttpService {

    private static final Logger LOG = LoggerFactory.getLogger(HealthService.class);
    private static final JsonFactory JSON = new JsonFactory();

    private final Supplier<HealthReport> health;
    private final String version;
    private final Executor executor;

    HealthService(Supplier<HealthReport> health, String version, Executor executor) {
        this.health = health;
        this.version = version;
        this.executor = executor;
    }

    /** Says that the daemon is up, and no more. */
    static HttpService alive() {
        return (_, request) ->
                isRead(request)
                        ? json(HttpStatus.OK, HttpData.ofUtf8("{\"status\":\"ok\"}"))
                        : refused();
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        return isRead(request)
                ? HttpResponse.of(CompletableFuture.supplyAsync(this::answer, executor))
                : refused();
    }

    private static boolean isRead(HttpRequest request) {
        return request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
    }

    private static HttpResponse refused() {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.METHOD_NOT_ALLOWED)
                        .set(HttpHeaderNames.ALLOW, "GET, HEAD")
                        .contentLength(0)
                        .build());
    }

    private HttpResponse answer() {
        try {
            HealthReport report = health.get();
            HttpStatus status = report.healthy() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
            return json(status, HttpData.wrap(body(report)));
        } catch (RuntimeException e) {
            LOG.error("health failed unexpectedly", e);
            return json(
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    HttpData.ofUtf8("{\"status\":\"unhealthy\",\"reason\":\"internal error\"}"));
        }
    }

    private byte[] body(HealthReport report) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("status", report.healthy() ? "healthy" : "unhealthy");
            json.writeStringProperty("backend", report.backend().value());
            json.writeNumberProperty("uptime_seconds", report.uptime().toSeconds());
            json.writeStringProperty("version", version);
            report.reason().ifPresent(reason -> json.writeStringProperty("reason", reason));
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static HttpResponse json(HttpStatus status, HttpData body) {
        return HttpResponse.of(
                ResponseHeaders.builder(status)
                        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                        .build(),
                body);
    }
}
