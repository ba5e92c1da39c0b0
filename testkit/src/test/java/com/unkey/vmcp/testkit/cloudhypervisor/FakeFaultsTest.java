package com.unkey.vmcp.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.testkit.cloudhypervisor.FakeFaults.Events;
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
import tools.jackson.databind.JsonNode;

@Timeout(30)
class FakeFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration A_WHILE = Duration.ofMillis(120);

    @TempDir Path directory;
    private InProcessServer server;
    private ApiSocket api;

    @BeforeEach
    void start() throws IOException {
        server = InProcessServer.start(directory, List.of("--no-shutdown"));
        api = server.connect();
    }

    @AfterEach
    void end() throws IOException {
        api.close();
        server.close();
    }

    @Test
    void refusalIsAnsweredOnceAndNothingIsDone() throws IOException {
        server.faults().refuseNext("vm.create", "no luck");
        ApiReply refused = api.put("vm.create", "{}");
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.causes()).containsExactly("Error from API", "no luck");
        assertThat(api.get("vm.info").status()).isEqualTo(404);
        assertThat(api.put("vm.create", "{}").status()).isEqualTo(204);
    }

    @Test
    void delayHoldsUpAllOtherRequestsToo() throws Exception {
        server.faults().next("vm.delete", new Fault.DelayBefore(A_WHILE));
        long start = System.nanoTime();
        try (ApiSocket other = server.connect()) {
            other.send("PUT /api/v1/vm.delete HTTP/1.1\r\n\r\n");
            assertThat(other.read().status()).isEqualTo(204);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(A_WHILE);
        }
    }

    @Test
    void answerIsDelayedAfterTheAct() throws IOException {
        server.faults().next("vm.create", new Fault.DelayAnswer(A_WHILE));
        long start = System.nanoTime();
        assertThat(api.put("vm.create", "{}").status()).isEqualTo(204);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(A_WHILE);
        assertThat(api.get("vm.info").status()).isEqualTo(200);
    }

    @Test
    void halfAnAnswerThenTheEndOfTheConnection() throws IOException {
        server.faults().next("vmm.ping", new Fault.HalfAnswerThenEnd());
        assertThatThrownBy(() -> api.get("vmm.ping")).isInstanceOf(IOException.class);
        try (ApiSocket other = server.connect()) {
            assertThat(other.get("vmm.ping").status()).isEqualTo(200);
        }
    }

    @Test
    void halfAnAnswerThenSilence() throws IOException {
        server.faults().next("vm.create", new Fault.HalfAnswerThenSilence());
        api.send("PUT /api/v1/vm.create HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
        try (ApiSocket other = server.connect()) {
            Await.until("it is done", () -> other.get("vm.info").status() == 200);
        }
    }

    @Test
    void crashLeavesTheSocketAndNoEvent() throws IOException {
        server.events().await("vmm/starting");
        server.faults().next("vm.create", new Fault.CrashAfter());
        assertThatThrownBy(() -> api.put("vm.create", "{}")).isInstanceOf(IOException.class);
        assertThat(server.awaitExit(SOON)).isEqualTo(OptionalInt.of(FakeCloudHypervisor.KILLED));
        assertThat(server.socket()).exists();
        assertThat(server.events().names()).containsExactly("vmm/starting");
    }

    @Test
    void crashBeforeTheAct() throws IOException {
        server.faults().next("vm.create", new Fault.CrashBefore());
        assertThatThrownBy(() -> api.put("vm.create", "{}")).isInstanceOf(IOException.class);
        assertThat(server.awaitExit(SOON)).isPresent();
    }

    @Test
    void versionIsToldAsOrdered() throws IOException {
        server.faults().version("v40.1");
        JsonNode ping = api.get("vmm.ping").json();
        assertThat(ping.path("build_version").asString()).isEqualTo("v40.1");
        assertThat(ping.path("version").asString()).isEqualTo("40.1.0");
    }

    @Test
    void eventsAreDroppedOrHalved() throws IOException {
        server.events().await("vmm/starting");
        server.faults().events(Events.DROPPED);
        api.put("vm.boot");
        server.faults().events(Events.HALVED);
        api.put("vm.boot");
        Await.until("half an event", () -> server.events().text().split("secs", -1).length == 3);
        assertThat(server.events().names()).containsExactly("vmm/starting");
    }

    @Test
    void busyGuestUsesItsDevices() throws IOException {
        long first = readOperations(boot("busy.elf"));
        Await.until("more is read", () -> readOperations(counters()) > first);
        api.put("vm.reboot");
        assertThat(counters().path("d").path("read_latency_min").asLong(0)).isLessThan(100);
    }

    @Test
    void panickingGuestIsTold() throws IOException {
        boot("panic.elf");
        server.events().await("vmm/starting", "vm/booting", "vm/booted", "guest/panic");
    }

    private JsonNode boot(String kernel) throws IOException {
        Files.move(MiniGuest.tick().writeTo(directory), directory.resolve(kernel));
        Path disk = Files.write(directory.resolve("d.raw"), new byte[4096]);
        String config =
                """
                {"payload":{"kernel":"%s"},"disks":[{"id":"d","path":"%s"}]}\
                """
                        .formatted(directory.resolve(kernel), disk);
        assertThat(api.put("vm.create", config).status()).isEqualTo(204);
        assertThat(api.put("vm.boot").status()).isEqualTo(204);
        return counters();
    }

    private JsonNode counters() throws IOException {
        return api.get("vm.counters").json();
    }

    private static long readOperations(JsonNode counters) {
        return counters.path("d").path("read_ops").asLong(0);
    }
}
