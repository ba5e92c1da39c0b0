package com.unkey.vmcp.testkit.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.microhttp.ApiReply;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One server for each test, and what the tests do over and over. */
abstract class FirecrackerSteps {

    static final Duration LIMIT = Duration.ofSeconds(20);
    static final Duration A_WHILE = Duration.ofMillis(150);
    static final String BEFORE =
            "The requested operation is not supported before starting the microVM.";
    static final String AFTER =
            "The requested operation is not supported after starting the microVM.";
    static final String ID = "vm-1";

    @TempDir Path directory;
    FirecrackerServer vmm;
    ApiSocket api;

    /** Starts a server in the directory, with exactly these arguments, and waits for nothing. */
    protected abstract FirecrackerServer launch(Path directory, List<String> arguments)
            throws Exception;

    @BeforeEach
    final void start() throws Exception {
        vmm = launch(directory, FirecrackerProgram.arguments(directory, List.of("--id", ID)));
        vmm.awaitApi();
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

    /** The one server again, started otherwise. */
    final void restart(String... arguments) throws Exception {
        end();
        Files.deleteIfExists(vmm.socket());
        vmm = launch(directory, List.of(arguments));
        vmm.awaitApi();
        api = vmm.connect();
    }

    final ApiReply put(String endpoint, String body) throws IOException {
        return api.put(endpoint, quoted(body));
    }

    final ApiReply patch(String endpoint, String body) throws IOException {
        return api.request("PATCH", endpoint, quoted(body));
    }

    /** JSON is easier to read in single quotes. */
    private static String quoted(String body) {
        return body.replace('\'', '"');
    }

    final ApiReply act(String action) throws IOException {
        return put("actions", "{'action_type':'" + action + "'}");
    }

    final ApiReply become(String state) throws IOException {
        return patch("vm", "{'state':'" + state + "'}");
    }

    final ApiReply bootSource(Path kernel) throws IOException {
        return put("boot-source", "{'kernel_image_path':'" + kernel + "'}");
    }

    final ApiReply drive(String id, boolean root, Path path) throws IOException {
        return put(
                "drives/" + id,
                "{'drive_id':'%s','is_root_device':%s,'path_on_host':'%s','is_read_only':false}"
                        .formatted(id, root, path));
    }

    final Path image(String name) throws IOException {
        return Files.write(directory.resolve(name), new byte[1 << 20]);
    }

    final Path button() throws IOException {
        return MiniGuest.tickWithPowerButton(Machine.FIRECRACKER).writeTo(directory);
    }

    final Path deaf() throws IOException {
        return MiniGuest.tick().writeTo(directory);
    }

    final void boot(Path kernel) throws IOException {
        assertDone(bootSource(kernel));
        assertDone(act("InstanceStart"));
    }

    static void assertDone(ApiReply reply) {
        assertThat(reply.status()).as(reply::toString).isEqualTo(204);
        assertThat(reply.body()).isEmpty();
    }

    static void assertRefused(ApiReply reply, String fault) {
        assertThat(reply.status()).as(reply::toString).isEqualTo(400);
        assertThat(reply.fault()).isEqualTo(fault);
    }

    /** A body that could not be read, with these words about it. */
    static void assertMisfit(ApiReply reply, String what) {
        assertThat(reply.status()).as(reply::toString).isEqualTo(400);
        assertThat(reply.fault())
                .startsWith(
                        "An error occurred when deserializing the json body of a request: " + what)
                .contains(" at line 1 column ");
    }

    final JsonNode told(String endpoint) throws IOException {
        ApiReply reply = api.get(endpoint);
        assertThat(reply.status()).as(reply::toString).isEqualTo(200);
        return reply.json();
    }

    final String state() throws IOException {
        return told("").path("state").asString();
    }

    final long ticks() {
        return vmm.serial().lines().filter(line -> line.matches("[0-9a-f]{8}")).count();
    }

    final void awaitTicks(long count) {
        Await.until(count + " ticks", () -> ticks() >= count);
    }
}
