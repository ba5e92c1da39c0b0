package com.unkey.vmcp.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.microhttp.ApiReply;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One server for each test, and what the tests do over and over. */
abstract class ServerSteps {

    static final String BIG = "18446744073709551615";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long MEMORY = 128L << 20;

    @TempDir Path directory;
    VmmServer vmm;
    ApiSocket api;

    /** Starts a server in the directory, with these flags more, and waits for nothing. */
    protected abstract VmmServer launch(Path directory, List<String> flags) throws Exception;

    @BeforeEach
    final void start() throws Exception {
        vmm = started(directory, "--no-shutdown");
        api = vmm.connect();
    }

    @AfterEach
    final void end() throws IOException {
        if (api != null) {
            api.close();
        }
        if (vmm != null) {
            vmm.close();
        }
    }

    /** A server that answers. */
    final VmmServer started(Path where, String... flags) throws Exception {
        VmmServer server = launch(where, List.of(flags));
        server.awaitApi();
        return server;
    }

    /** The one server again, started otherwise. */
    final void restart(String... flags) throws Exception {
        end();
        vmm = started(directory, flags);
        api = vmm.connect();
    }

    final Path button() throws IOException {
        return MiniGuest.tickWithPowerButton(Machine.CLOUD_HYPERVISOR).writeTo(directory);
    }

    final Path deaf() throws IOException {
        return MiniGuest.tick().writeTo(directory);
    }

    /** One vCPU, 128 MiB, the serial port in {@link #serial()}, no other console. */
    final ObjectNode config(Path kernel) {
        ObjectNode config = JSON.createObjectNode();
        config.putObject("payload").put("kernel", kernel.toString());
        config.putObject("cpus").put("boot_vcpus", 1).put("max_vcpus", 1);
        config.putObject("memory").put("size", MEMORY);
        config.putObject("serial").put("mode", "File").put("file", serial().toString());
        config.putObject("console").put("mode", "Off");
        return config;
    }

    final Path serial() {
        return directory.resolve("serial");
    }

    final ObjectNode withDisk(ObjectNode config, Path image, String id) {
        ObjectNode disk = config.withArray("disks").addObject();
        disk.put("path", image.toString()).put("image_type", "Raw");
        if (!id.isEmpty()) {
            disk.put("id", id);
        }
        return config;
    }

    final Path image(String name) throws IOException {
        return Files.write(directory.resolve(name), new byte[1 << 20]);
    }

    final void create(ObjectNode config) throws IOException {
        assertDone(api.put("vm.create", config.toString()));
    }

    final void boot(ObjectNode config) throws IOException {
        create(config);
        assertDone(api.put("vm.boot"));
    }

    final void put(String endpoint) throws IOException {
        assertDone(api.put(endpoint));
    }

    static void assertDone(ApiReply reply) {
        assertThat(reply.status()).as(reply::toString).isEqualTo(204);
        assertThat(reply.body()).isEmpty();
    }

    /** An error with this chain of causes after the API's own first word. */
    static void assertFailed(ApiReply reply, int status, String... causes) {
        assertThat(reply.status()).as(reply::toString).isEqualTo(status);
        List<String> told = reply.causes();
        assertThat(told).first().isEqualTo("Error from API");
        assertThat(told.subList(1, told.size())).containsExactly(causes);
    }

    final JsonNode info() throws IOException {
        ApiReply reply = api.get("vm.info");
        assertThat(reply.status()).as(reply::toString).isEqualTo(200);
        return reply.json();
    }

    final String state() throws IOException {
        return info().path("state").asString();
    }

    final String printed() {
        try {
            return Files.readString(serial(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final long ticks() {
        return printed().chars().filter(each -> each == '\n').count();
    }

    final void awaitTicks(long count) {
        Await.until(count + " ticks", () -> ticks() >= count);
    }

    final void awaitEvent(String event, int times) {
        Await.until(
                times + " times " + event,
                () -> vmm.events().names().stream().filter(event::equals).count() >= times);
    }
}
