package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.http.HttpAnswer;
import com.unkey.vmcp.backends.http.HttpLink;
import com.unkey.vmcp.backends.http.HttpRequest;
import com.unkey.vmcp.core.failure.VmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The calls of Cloud Hypervisor's API that a VM's life needs. One at a time; any thread.
 *
 * <p>A call throws {@link VmException}: failed with the VMM's reasons where it refuses, unavailable
 * where it gives no answer.
 */
final class ChApi implements AutoCloseable {

    private static final ObjectMapper JSON = JsonMapper.shared();
    private static final String ROOT = "/api/v1/";
    private static final Duration QUERY_LIMIT = Duration.ofSeconds(2);
    private static final Duration CHANGE_LIMIT = Duration.ofSeconds(10);

    /** Memory may be filled before the vCPUs run: some GB a second. */
    private static final Duration BOOT_LIMIT = Duration.ofSeconds(60);

    private static final int NOT_FOUND = 404;

    private final HttpLink link;
    private final UnaryOperator<String> words;

    /**
     * @param words makes what the VMM says fit for a client
     */
    ChApi(HttpLink link, UnaryOperator<String> words) {
        this.link = link;
        this.words = words;
    }

    /**
     * What answers there.
     *
     * @param pid as the VMM itself sees it
     */
    record Ping(String version, long pid) {}

    /** Asks who is there; the version is for {@link CloudHypervisor#VERSIONS} to judge. */
    Ping ping(Duration limit) {
        JsonNode answer = parsed("vmm.ping", accepted("vmm.ping", get("vmm.ping", limit)));
        return new Ping(answer.path("version").asString(""), answer.path("pid").asLong(0));
    }

    /** The VM; empty where the VMM has none. */
    Optional<VmInfo> info() {
        HttpAnswer answer = get("vm.info", QUERY_LIMIT);
        return answer.status() == NOT_FOUND
                ? Optional.empty()
                : Optional.of(VmInfo.of(parsed("vm.info", accepted("vm.info", answer))));
    }

    /** Counters by device id, of a VM that runs or is paused. */
    JsonNode counters() {
        return parsed("vm.counters", accepted("vm.counters", get("vm.counters", QUERY_LIMIT)));
    }

    /** Hands the configuration over; most of it is looked at only at boot. */
    void create(ObjectNode config) {
        String body = JSON.writeValueAsString(config);
        if (body.length() > SpecLimits.MAX_BODY_BYTES) {
            throw VmException.vmmFailed(
                    "the VM's configuration takes %d bytes, Cloud Hypervisor takes %d at the most"
                            .formatted(body.length(), SpecLimits.MAX_BODY_BYTES));
        }
        accepted("vm.create", link.call(HttpRequest.put(ROOT + "vm.create", body), CHANGE_LIMIT));
    }

    void boot() {
        put("vm.boot", BOOT_LIMIT);
    }

    void pause() {
        put("vm.pause", CHANGE_LIMIT);
    }

    void resume() {
        put("vm.resume", CHANGE_LIMIT);
    }

    void reboot() {
        put("vm.reboot", BOOT_LIMIT);
    }

    void pressPowerButton() {
        put("vm.power-button", CHANGE_LIMIT);
    }

    /** Ends the VM where one runs, and forgets it. */
    void delete() {
        put("vm.delete", CHANGE_LIMIT);
    }

    /** Ends the VM and then the VMM; it answers first. */
    void shutdownVmm(Duration limit) {
        put("vmm.shutdown", limit);
    }

    private HttpAnswer get(String call, Duration limit) {
        return link.call(HttpRequest.get(ROOT + call), limit);
    }

    private void put(String call, Duration limit) {
        accepted(call, link.call(HttpRequest.put(ROOT + call), limit));
    }

    private HttpAnswer accepted(String call, HttpAnswer answer) {
        if (!answer.ok()) {
            throw VmException.vmmFailed(
                    "Cloud Hypervisor refused %s: %s".formatted(call, reasons(answer)));
        }
        return answer;
    }

    /** An error is an array of reasons, each the cause of the one before; mostly. */
    private String reasons(HttpAnswer answer) {
        List<String> chain = new ArrayList<>();
        try {
            for (JsonNode reason : JSON.readTree(answer.body())) {
                chain.add(reason.asString(reason.toString()));
            }
        } catch (JacksonException e) {
            chain.add(answer.body().strip());
        }
        chain.removeIf(reason -> reason.isBlank() || reason.equals("Error from API"));
        return chain.isEmpty()
                ? "HTTP status " + answer.status()
                : words.apply(String.join(": ", chain));
    }

    private static JsonNode parsed(String call, HttpAnswer answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JacksonException e) {
            throw VmException.unavailable(
                    "Cloud Hypervisor's answer to " + call + " is no JSON", e);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
