package com.unkey.vmcp.testkit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.unkey.vmcp.testkit.firecracker.FirecrackerProgram;
import com.unkey.vmcp.testkit.firecracker.FirecrackerServer;
import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.guest.MiniGuest.Tail;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guests on the real Firecracker, with and without the PVH note. */
@Timeout(60)
class FirecrackerGuestTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration A_WHILE = Duration.ofMillis(150);

    @TempDir Path directory;
    private FirecrackerServer vmm;
    private ApiSocket api;

    @BeforeEach
    void start() throws IOException {
        Optional<Path> binary = FirecrackerProgram.installed();
        assumeTrue(binary.isPresent(), FirecrackerProgram.MISSING);
        vmm = FirecrackerProgram.start(binary.get(), directory, List.of());
        api = vmm.connect();
    }

    @AfterEach
    void end() throws IOException {
        if (vmm != null) {
            api.close();
            vmm.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tickCountsUpFromOne(boolean note) throws Exception {
        boot(MiniGuest.tick(), note);
        awaitTicks(4);
        assertThat(vmm.serial().lines().filter(line -> line.matches("[0-9a-f]{8}")))
                .startsWith("00000001", "00000002", "00000003");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ctrlAltDelEndsTheProcessInOrder(boolean note) throws Exception {
        boot(MiniGuest.tickWithPowerButton(Machine.FIRECRACKER), note);
        awaitTicks(2);
        assertThat(act("SendCtrlAltDel")).isEqualTo(204);
        assertThat(vmm.awaitExit(LIMIT)).hasValue(0);
    }

    @Test
    void plainTickDoesNotHeedCtrlAltDel() throws Exception {
        boot(MiniGuest.tick(), true);
        awaitTicks(1);
        assertThat(act("SendCtrlAltDel")).isEqualTo(204);
        awaitTicks(ticks() + 3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resetEndsTheProcessInOrder(boolean note) throws Exception {
        boot(MiniGuest.line("once\n", Tail.RESET), note);
        assertThat(vmm.awaitExit(LIMIT)).hasValue(0);
        assertThat(vmm.log()).doesNotContain(FirecrackerServer.CRASH);
        assertThat(vmm.serial()).contains("once\n");
    }

    /** Of the exit code nothing can be said: 1, and now and then 0. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void crashEndsTheProcessAndIsLogged(boolean note) throws Exception {
        boot(MiniGuest.line("once\n", Tail.CRASH), note);
        assertThat(vmm.awaitExit(LIMIT)).isPresent();
        assertThat(vmm.log()).contains(FirecrackerServer.CRASH);
        assertThat(vmm.serial()).contains("once\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void haltedGuestLivesOn(boolean note) throws Exception {
        boot(MiniGuest.line("rests\n", Tail.HALT), note);
        Await.until("the line is printed", () -> vmm.serial().contains("rests\n"));
        assertThat(vmm.awaitExit(A_WHILE)).isEmpty();
        assertThat(api.get("").json().path("state").asString()).isEqualTo("Running");
    }

    private void boot(MiniGuest guest, boolean note) throws IOException {
        Path kernel = (note ? guest : guest.withoutNote()).writeTo(directory);
        String source = "{\"kernel_image_path\":\"" + kernel + "\"}";
        assertThat(api.put("boot-source", source).status()).isEqualTo(204);
        assertThat(act("InstanceStart")).isEqualTo(204);
    }

    private int act(String action) throws IOException {
        return api.put("actions", "{\"action_type\":\"" + action + "\"}").status();
    }

    private long ticks() {
        return vmm.serial().chars().filter(each -> each == '\n').count();
    }

    private void awaitTicks(long count) {
        Await.until(count + " ticks", () -> ticks() >= count);
    }
}
