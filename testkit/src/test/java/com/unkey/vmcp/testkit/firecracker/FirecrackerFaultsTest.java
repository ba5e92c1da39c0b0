package com.unkey.vmcp.testkit.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.microhttp.ApiReply;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.microhttp.Fault;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class FirecrackerFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration A_WHILE = Duration.ofMillis(120);

    @TempDir Path directory;
    private final FirecrackerFaults faults = new FirecrackerFaults();
    private InProcessFirecracker server;
    private ApiSocket api;

    @BeforeEach
    void start() throws IOException {
        faults.metricsPeriod(Duration.ofMillis(20));
        server =
                InProcessFirecracker.launch(
                        directory, FirecrackerProgram.arguments(directory, List.of()), faults);
        api = server.connect();
    }

    @AfterEach
    void end() throws IOException {
        api.close();
        server.close();
    }

    @Test
    void refusalIsAnsweredOnceAndNothingIsDone() throws IOException {
        faults.refuseNext("PUT boot-source", "no luck");
        Path kernel = MiniGuest.tick().writeTo(directory);
        String body = "{\"kernel_image_path\":\"" + kernel + "\"}";
        ApiReply refused = api.put("boot-source", body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fault()).isEqualTo("no luck");
        assertThat(api.put("boot-source", body).status()).isEqualTo(204);
    }

    @Test
    void actionsHaveFaultsOfTheirOwn() throws IOException {
        faults.next("InstanceStart", new Fault.CrashAfter());
        assertThat(act("FlushMetrics")).isEqualTo(400);
        assertThatThrownBy(() -> act("InstanceStart")).isInstanceOf(IOException.class);
        assertThat(server.awaitExit(SOON)).isEqualTo(OptionalInt.of(137));
        assertThat(server.socket()).exists();
    }

    @Test
    void firstQuestionCanBeHeldUp() throws IOException {
        faults.next("GET", new Fault.DelayBefore(A_WHILE));
        long start = System.nanoTime();
        assertThat(api.get("").status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(A_WHILE);
    }

    @Test
    void versionIsToldAsOrdered() throws IOException {
        faults.version("1.10.0");
        assertThat(api.get("").json().path("vmm_version").asString()).isEqualTo("1.10.0");
        assertThat(api.get("version").json().path("firecracker_version").asString())
                .isEqualTo("1.10.0");
    }

    @Test
    void metricsAreWrittenUnaskedButNotWhilePaused() throws Exception {
        boot("busy.elf");
        Await.until("lines have come", () -> server.metrics().size() >= 4);
        assertThat(api.request("PATCH", "vm", "{\"state\":\"Paused\"}").status()).isEqualTo(204);
        int lines = server.metrics().size();
        assertThat(server.awaitExit(A_WHILE)).isEmpty();
        assertThat(server.metrics()).hasSize(lines);
        assertThat(api.request("PATCH", "vm", "{\"state\":\"Resumed\"}").status()).isEqualTo(204);
        Await.until("more come", () -> server.metrics().size() > lines);
    }

    @Test
    void busyGuestUsesItsDevices() throws IOException {
        boot("busy.elf");
        Await.until("it has read", () -> sum("block_d", "read_bytes") >= 2048);
        assertThat(sum("block", "read_bytes")).isGreaterThanOrEqualTo(2048);
    }

    private long sum(String group, String field) {
        return server.metrics().stream()
                .mapToLong(line -> line.path(group).path(field).asLong(0))
                .sum();
    }

    private void boot(String kernel) throws IOException {
        Path file = Files.move(MiniGuest.tick().writeTo(directory), directory.resolve(kernel));
        Path disk = Files.write(directory.resolve("d.raw"), new byte[4096]);
        String source = "{\"kernel_image_path\":\"" + file + "\"}";
        assertThat(api.put("boot-source", source).status()).isEqualTo(204);
        String drive =
                """
                {"drive_id":"d","is_root_device":true,"path_on_host":"%s"}\
                """
                        .formatted(disk);
        assertThat(api.put("drives/d", drive).status()).isEqualTo(204);
        assertThat(act("InstanceStart")).isEqualTo(204);
    }

    private int act(String action) throws IOException {
        return api.put("actions", "{\"action_type\":\"" + action + "\"}").status();
    }
}
