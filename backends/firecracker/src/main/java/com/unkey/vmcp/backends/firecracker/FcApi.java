package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.http.HttpAnswer;
import com.unkey.vmcp.backends.http.HttpLink;
import com.unkey.vmcp.backends.http.HttpRequest;
import com.unkey.vmcp.core.failure.VmException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The calls of Firecracker's API that a VM's life needs. One at a time; any thread.
 *
 * <p>A call throws {@link VmException}: failed with Firecracker's reason where it refuses,
 * unavailable where it gives no answer.
 */
final class FcApi implements AutoCloseable {

    /** Request bodies above are refused. */
    static final int MAX_BODY_BYTES = 51_200;

    private static final ObjectMapper JSON = JsonMapper.shared();
    private static final Duration QUERY_LIMIT = Duration.ofSeconds(2);
    private static final Duration CHANGE_LIMIT = Duration.ofSeconds(10);

    /** Huge pages are filled and kernels read before the vCPUs run. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final HttpRequest INSTANCE = HttpRequest.get("/");
    private static final HttpRequest CONFIG = HttpRequest.get("/vm/config");
    private static final HttpRequest START = action("InstanceStart");
    private static final HttpRequest FLUSH = action("FlushMetrics");
    private static final HttpRequest CTRL_ALT_DEL = action("SendCtrlAltDel");
    private static final HttpRequest PAUSE = state("Paused");
    private static final HttpRequest RESUME = state("Resumed");

    /** Four presses that nobody has read yet fill it. */
    private static final String KEYBOARD_FULL = "buffer full";

    private final HttpLink link;
    private final UnaryOperator<String> words;

    /**
     * @param words makes what Firecracker says fit for a client
     */
    FcApi(HttpLink link, UnaryOperator<String> words) {
        this.link = link;
        this.words = words;
    }

    private static HttpRequest action(String type) {
        return HttpRequest.put("/actions", "{\"action_type\":\"" + type + "\"}");
    }

    private static HttpRequest state(String state) {
        return HttpRequest.patch("/vm", "{\"state\":\"" + state + "\"}");
    }

    /** What runs there. */
    Instance instance() {
        return instance(QUERY_LIMIT);
    }

    Instance instance(Duration limit) {
        String what = INSTANCE.toString();
        return Instance.of(parsed(what, accepted(what, link.call(INSTANCE, limit))));
    }

    /** The whole VM that it was told of. */
    FullConfig config() {
        String what = CONFIG.toString();
        JsonNode told = parsed(what, accepted(what, link.call(CONFIG, QUERY_LIMIT)));
        if (told instanceof ObjectNode config) {
            return new FullConfig(config);
        }
        throw VmException.unavailable("Firecracker's answer to " + what + " is no object");
    }

    /** Tells a part of a VM's configuration; only before its guest is started. */
    void set(Setting setting) {
        if (setting.call().body().orElse("").length() > MAX_BODY_BYTES) {
            throw VmException.vmmFailed(
                    "%s is too long: Firecracker takes %d bytes at the most"
                            .formatted(setting.field(), MAX_BODY_BYTES));
        }
        accepted(setting.field(), link.call(setting.call(), CHANGE_LIMIT));
    }

    /** Starts the guest; a process can do that once. */
    void start() {
        accepted("InstanceStart", link.call(START, START_LIMIT));
    }

    void pause() {
        accepted("Paused", link.call(PAUSE, CHANGE_LIMIT));
    }

    void resume() {
        accepted("Resumed", link.call(RESUME, CHANGE_LIMIT));
    }

    /**
     * Presses the keys; where the guest has not read earlier presses yet, they are down already.
     */
    void pressCtrlAltDel() {
        HttpAnswer answer = link.call(CTRL_ALT_DEL, QUERY_LIMIT);
        if (answer.ok() || !reason(answer).contains(KEYBOARD_FULL)) {
            accepted("SendCtrlAltDel", answer);
        }
    }

    /** Returns when the counters of now are in the metrics file. */
    void flushMetrics() {
        accepted("FlushMetrics", link.call(FLUSH, QUERY_LIMIT));
    }

    private HttpAnswer accepted(String what, HttpAnswer answer) {
        if (!answer.ok()) {
            throw VmException.vmmFailed(
                    "Firecracker refused %s: %s".formatted(what, words.apply(reason(answer))));
        }
        return answer;
    }

    /** Mostly JSON; what the HTTP server itself refuses is only nearly so. */
    private static String reason(HttpAnswer answer) {
        String text = answer.body().strip();
        try {
            JsonNode told = JSON.readTree(text);
            text = told.path("fault_message").asString(told.path("error").asString(text));
        } catch (JacksonException e) {
            text = text.replace('\n', ' ');
        }
        return text.isBlank() ? "HTTP status " + answer.status() : text.strip();
    }

    private static JsonNode parsed(String call, HttpAnswer answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JacksonException e) {
            throw VmException.unavailable("Firecracker's answer to " + call + " is no JSON", e);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
