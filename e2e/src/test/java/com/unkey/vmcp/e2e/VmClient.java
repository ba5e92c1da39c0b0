package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the API with JSON over HTTP/1.1, as curl would. */
final class VmClient implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String url;
    private final HttpClient http;

    /** Of the daemon at the URL; where it speaks TLS, by the certificate to be trusted. */
    VmClient(String url, Optional<Path> certificate) {
        this.url = url;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        certificate.map(Trust::in).ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    Answer call(String method, Map<String, ?> request) {
        return post(method, JSON.writeValueAsString(request));
    }

    Answer call(String method, String vmId) {
        return call(method, Map.of("vm_id", vmId));
    }

    Answer force(String method, String vmId) {
        return call(method, Map.of("vm_id", vmId, "force", true));
    }

    Answer post(String method, String body) {
        return send(
                request("/vmm.v1.VmService/" + method)
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(LIMIT);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted during a call", e);
        }
    }

    Answer create(String vmId, VmConfigs config) {
        return call("CreateVm", Map.of("vm_id", vmId, "config", config.fields()));
    }

    /** On that backend, whichever is the default. */
    Answer create(String vmId, VmConfigs config, Backend backend) {
        return call(
                "CreateVm",
                Map.of("vm_id", vmId, "config", config.fields(), "backend", backend.id()));
    }

    /** Creates and boots. */
    void run(String vmId, VmConfigs config) {
        create(vmId, config).ok();
        assertThat(call("BootVm", vmId).ok().state()).isEqualTo(States.RUNNING);
    }

    Answer info(String vmId) {
        return call("GetVmInfo", vmId);
    }

    String state(String vmId) {
        return info(vmId).ok().state();
    }

    String fact(String vmId, String key) {
        return info(vmId).ok().body().path("backend_info").path(key).asString("");
    }

    long pid(String vmId) {
        return Long.parseLong(fact(vmId, "pid"));
    }

    Guest guest(String vmId) {
        return new Guest(Path.of(fact(vmId, "console_path")));
    }

    void awaitState(String vmId, String state) {
        Await.until(vmId + " to be " + state, () -> state(vmId).equals(state));
    }

    /** Every VM there is, by id, with its state. */
    Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        for (JsonNode vm : call("ListVms", Map.of("page_size", 1000)).ok().body().path("vms")) {
            states.put(vm.path("vm_id").asString(), States.of(vm));
        }
        return states;
    }

    /** Deletes every VM there is, whatever it does. */
    void deleteAll() {
        List<String> left = new ArrayList<>();
        for (String vmId : states().keySet()) {
            Answer answer = force("DeleteVm", vmId);
            if (answer.status() != 200) {
                left.add(vmId + ": " + answer.body());
            }
        }
        assertThat(left).as("VMs that could not be deleted").isEmpty();
    }

    @Override
    public void close() {
        http.close();
    }
}
