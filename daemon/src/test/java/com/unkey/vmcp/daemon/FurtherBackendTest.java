package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.backends.adapter.config.Backend;
import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.backends.inmemory.InMemoryBackend;
import com.unkey.vmcp.core.port.FailPoints;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon does with a backend that it has never heard of, beside those that are shipped. */
class FurtherBackendTest {

    private static final String P = Variables.PREFIX;

    @TempDir Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final List<Backend> backends = new ArrayList<>(Wiring.BACKENDS);
    private final HttpClient client = HttpClient.newHttpClient();
    private Daemon daemon;

    @BeforeEach
    void start() throws IOException {
        Files.createFile(directory.resolve("kernel"));
        environment.put(P + "STATE_DIR", directory.resolve("state").toString());
        environment.put(P + "ADDRESS", "127.0.0.1");
        environment.put(P + "PORT", "0");
        backends.add(new InMemoryBackend());
        daemon = Daemon.start(config(), FailPoints.none());
    }

    @AfterEach
    void end() {
        daemon.close();
        client.close();
    }

    @Test
    void aVmMayAskForIt() {
        assertThat(create("one", "inmemory", "")).contains("VM_STATE_CREATED");
        assertThat(call("BootVm", "one")).contains("VM_STATE_RUNNING");
        assertThat(call("PauseVm", "one")).contains("VM_STATE_PAUSED");
        assertThat(call("ResumeVm", "one")).contains("VM_STATE_RUNNING");
        assertThat(call("RebootVm", "one")).contains("VM_STATE_RUNNING");
        assertThat(call("GetVmInfo", "one")).contains("\"vmm\":\"inmemory\"");
        assertThat(call("ShutdownVm", "one")).contains("VM_STATE_SHUTDOWN");
        assertThat(call("DeleteVm", "one")).contains("true");
    }

    @Test
    void itsVmsOutliveTheDaemon() throws IOException {
        create("one", "inmemory", "");
        call("BootVm", "one");

        restart();

        assertThat(call("GetVmInfo", "one")).contains("VM_STATE_RUNNING");
        assertThat(call("PauseVm", "one")).contains("VM_STATE_PAUSED");
    }

    @Test
    void itsNameIsAcceptedAsTheDefault() throws IOException {
        environment.put(P + "BACKEND", "inmemory");

        restart();

        assertThat(create("one", "", "")).contains("VM_STATE_CREATED");
        assertThat(call("GetVmInfo", "one")).contains("\"vmm\":\"inmemory\"");
    }

    @Test
    void itsVariablesAreHeeded() throws IOException {
        environment.put(P + "IN_MEMORY_MAX_VMS", "1");
        restart();
        create("one", "inmemory", "");

        assertThat(create("two", "inmemory", "")).contains("resource_exhausted");
        environment.put(P + "IN_MEMORY_MAX_VMS", "none");
        assertThatThrownBy(this::config)
                .hasMessage(
                        "%sIN_MEMORY_MAX_VMS: got \"none\", accepted: a whole number from 1 to 10000",
                        P);
    }

    @Test
    void whatItCannotDoIsRefusedByName() {
        assertThat(create("one", "inmemory", "\"features\":{\"amx\":\"on\"},"))
                .contains("unimplemented", "config.cpu.features.amx", "in-memory");
    }

    private Config config() {
        return new ConfigReader(environment, true, backends).read();
    }

    private void restart() throws IOException {
        daemon.close();
        daemon = Daemon.start(config(), FailPoints.none());
    }

    private String create(String id, String backend, String cpu) {
        return post(
                "CreateVm",
                """
                {"vm_id":"%s","backend":"%s","config":{"cpu":{%s"vcpu_count":1},
                 "memory":{"size_bytes":67108864},"boot":{"kernel_path":"%s"}}}
                """
                        .formatted(id, backend, cpu, directory.resolve("kernel")));
    }

    private String call(String method, String id) {
        return post(method, "{\"vm_id\":\"%s\"}".formatted(id));
    }

    private String post(String method, String json) {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:%d/vmm.v1.VmService/%s"
                                                .formatted(daemon.port(), method)))
                        .timeout(Duration.ofSeconds(20))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(HttpResponse::body)
                .join();
    }
}
