package com.unkey.vmcp.testkit.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.guest.MiniGuest.Tail;
import com.unkey.vmcp.testkit.microhttp.ApiReply;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What Firecracker v1.16.1 does once its guest runs, up to its end. */
public abstract class FirecrackerLifeContract extends FirecrackerSteps {

    @Test
    void guestRunsOnStandardOutput() throws IOException {
        boot(deaf());
        assertThat(state()).isEqualTo("Running");
        awaitTicks(2);
        assertThat(vmm.serial()).startsWith("00000001\n00000002\n");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void serialOutputCanGoToAFileInstead(boolean there) throws IOException {
        Path file = directory.resolve("elsewhere");
        if (there) {
            Files.writeString(file, "0123456789012345678901234567");
        }
        assertDone(put("serial", "{'serial_out_path':'" + file + "'}"));
        boot(MiniGuest.line("hello\n", Tail.HALT).writeTo(directory));
        String rest = there ? "6789012345678901234567" : "";
        Await.until("the line is there", () -> Files.readString(file).equals("hello\n" + rest));
        assertThat(vmm.serial()).isEmpty();
    }

    @Test
    void startIsRefusedASecondTime() throws IOException {
        boot(deaf());
        assertRefused(act("InstanceStart"), AFTER);
        assertThat(state()).isEqualTo("Running");
    }

    @Test
    void configurationIsFixedOnceTheGuestRuns() throws IOException {
        assertDone(drive("a", false, image("a.raw")));
        boot(deaf());
        String machine = "{'vcpu_count':1,'mem_size_mib':128}";
        assertRefused(put("machine-config", machine), AFTER);
        assertRefused(patch("machine-config", machine), AFTER);
        assertRefused(bootSource(Path.of("/nowhere")), AFTER);
        assertRefused(put("serial", "{}"), AFTER);
        assertRefused(put("logger", "{}"), AFTER);
        assertRefused(put("metrics", "{'metrics_path':'/nowhere'}"), AFTER);
        assertRefused(put("balloon", "{'amount_mib':0,'deflate_on_oom':true}"), AFTER);
        assertRefused(put("entropy", "{}"), AFTER);
        assertRefused(drive("b", false, image("b.raw")), "PCI is not enabled");
        assertRefused(
                put("network-interfaces/a", "{'iface_id':'a','host_dev_name':'x'}"),
                "PCI is not enabled");
        assertRefused(api.request("DELETE", "drives/a", ""), "PCI is not enabled");
        assertThat(told("machine-config").path("vcpu_count").asInt(0)).isEqualTo(1);
    }

    @Test
    void unusableSerialFileAndEmptyInitrdShowWhenTheGuestStarts() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));
        assertDone(
                put(
                        "boot-source",
                        "{'kernel_image_path':'%s','initrd_path':'%s'}".formatted(deaf(), empty)));
        assertRefused(
                act("InstanceStart"),
                "Start microvm error: Error with initrd initialization: Cannot load initrd due to"
                        + " an invalid memory configuration..");
        assertDone(bootSource(deaf()));
        assertDone(put("serial", "{'serial_out_path':'/nowhere/serial'}"));
        ApiReply refused = act("InstanceStart");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fault()).endsWith("No such file or directory (os error 2)");
    }

    @Test
    void devicesLengthenTheCommandLine() throws IOException {
        String body =
                "{'kernel_image_path':'" + deaf() + "','boot_args':'" + "x".repeat(2030) + "'}";
        assertDone(put("boot-source", body));
        assertDone(drive("a", true, image("a.raw")));
        ApiReply refused = act("InstanceStart");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.fault()).contains("would make command line too long");
    }

    @Test
    void pauseAndResumeCanBeRepeated() throws Exception {
        boot(deaf());
        awaitTicks(1);
        assertDone(become("Paused"));
        assertDone(become("Paused"));
        assertThat(state()).isEqualTo("Paused");
        long reached = ticks();
        assertThat(vmm.awaitExit(A_WHILE)).isEmpty();
        assertThat(ticks()).isEqualTo(reached);
        assertDone(become("Resumed"));
        assertDone(become("Resumed"));
        assertThat(state()).isEqualTo("Running");
        awaitTicks(reached + 1);
        assertMisfit(become("Running"), "unknown variant `Running`, expected `Paused`");
        assertMisfit(patch("vm", "{}"), "missing field `state`");
    }

    @Test
    void ctrlAltDelEndsTheProcessOfAGuestThatHeedsIt() throws Exception {
        boot(button());
        awaitTicks(1);
        assertDone(act("SendCtrlAltDel"));
        assertThat(vmm.awaitExit(LIMIT)).isEqualTo(OptionalInt.of(0));
        assertThat(api.readToEnd()).isEmpty();
        assertThat(vmm.socket()).exists();
        assertThat(vmm.log()).endsWith("Firecracker exiting successfully. exit_code=0\n");
    }

    @Test
    void ctrlAltDelIsQueuedFourTimes() throws Exception {
        boot(deaf());
        for (int i = 0; i < 4; i++) {
            assertDone(act("SendCtrlAltDel"));
        }
        assertRefused(
                act("SendCtrlAltDel"),
                "Internal VMM error: I8042 error: i8042 internal buffer full.");
        assertThat(vmm.awaitExit(A_WHILE)).isEmpty();
    }

    @Test
    void pausedGuestHeedsCtrlAltDelOnceItGoesOn() throws Exception {
        boot(button());
        awaitTicks(1);
        assertDone(become("Paused"));
        assertDone(act("SendCtrlAltDel"));
        assertThat(vmm.awaitExit(A_WHILE)).isEmpty();
        assertDone(become("Resumed"));
        assertThat(vmm.awaitExit(LIMIT)).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void resetEndsTheProcessInOrder() throws Exception {
        boot(MiniGuest.line("once\n", Tail.RESET).writeTo(directory));
        assertThat(vmm.awaitExit(LIMIT)).isEqualTo(OptionalInt.of(0));
        assertThat(vmm.log()).doesNotContain(FirecrackerServer.CRASH);
        endedWith(0);
    }

    /**
     * The vCPU's thread says that it is over before it says how, so that the process may take a
     * crash for an end in good order; the log knows better.
     */
    @Test
    void crashEndsTheProcessAndIsLogged() throws Exception {
        boot(MiniGuest.line("once\n", Tail.CRASH).writeTo(directory));
        int code = vmm.awaitExit(LIMIT).orElseThrow();
        assertThat(code).isBetween(0, 1);
        assertThat(vmm.log()).contains(FirecrackerServer.CRASH);
        endedWith(code);
    }

    private void endedWith(int code) {
        assertThat(vmm.serial()).isEqualTo("once\n");
        assertThat(vmm.socket()).exists();
        assertThat(vmm.log())
                .contains("Vmm is stopping.")
                .endsWith(
                        code == 0
                                ? "Firecracker exiting successfully. exit_code=0\n"
                                : "Firecracker exiting with error. exit_code=1\n");
        assertThat(vmm.error())
                .isEqualTo(
                        code == 0
                                ? ""
                                : "Error: RunWithApi(MicroVMStoppedWithError(GenericError))\n");
        assertThat(vmm.metrics()).hasSize(2);
    }

    @Test
    void haltedGuestLivesOn() throws Exception {
        boot(MiniGuest.line("rests\n", Tail.HALT).writeTo(directory));
        Await.until("the line is printed", () -> vmm.serial().equals("rests\n"));
        assertDone(act("SendCtrlAltDel"));
        assertThat(vmm.awaitExit(A_WHILE)).isEmpty();
        assertThat(state()).isEqualTo("Running");
    }

    @Test
    void signalsEndItWithoutAWord() throws Exception {
        boot(deaf());
        vmm.terminate();
        assertThat(vmm.awaitExit(LIMIT)).isEqualTo(OptionalInt.of(143));
        assertThat(vmm.socket()).exists();
        assertThat(vmm.log()).doesNotContain("exiting");
        assertThat(vmm.metrics()).hasSizeLessThan(2);
    }

    @Test
    void metricsAreLinesOfWhatCameSinceTheLast() throws IOException {
        assertDone(drive("a", false, image("a.raw")));
        assertThat(vmm.metrics()).isEmpty();
        boot(deaf());
        Await.until("the first line is there", () -> vmm.metrics().size() == 1);
        awaitTicks(ticks() + 2);
        assertDone(become("Paused"));
        assertDone(act("FlushMetrics"));
        assertDone(act("FlushMetrics"));
        List<JsonNode> lines = vmm.metrics();
        assertThat(lines).hasSize(3);
        assertThat(actions(lines.get(1))).isPositive();
        assertThat(actions(lines.get(2))).isEqualTo(1);
        assertThat(written(lines.get(1))).isPositive();
        assertThat(written(lines.get(2))).isZero();
        JsonNode last = lines.get(2);
        assertThat(last.path("latencies_us").path("pause_vm").asLong(0)).isPositive();
        assertThat(last.path("utc_timestamp_ms").asLong(0)).isPositive();
        assertThat(last.path("block_a").path("read_bytes").isIntegralNumber()).isTrue();
        assertThat(last.path("block").path("write_count").isIntegralNumber()).isTrue();
        assertThat(last.path("net").path("rx_bytes_count").isIntegralNumber()).isTrue();
    }

    private static long actions(JsonNode line) {
        return line.path("put_api_requests").path("actions_count").asLong(-1);
    }

    private static long written(JsonNode line) {
        return line.path("vcpu").path("exit_io_out").asLong(-1);
    }

    @Test
    void metricsHaveOneFile() throws Exception {
        Path other = directory.resolve("other");
        assertRefused(
                put("metrics", "{'metrics_path':'" + other + "'}"),
                "Metrics error: Cannot initialize the metrics system due to bad user input:"
                        + " Reinitialization of metrics not allowed.");
        restart("--api-sock", vmm.socket().toString());
        Files.writeString(other, "x".repeat(20_000));
        assertDone(put("metrics", "{'metrics_path':'" + other + "'}"));
        boot(deaf());
        Await.until(
                "the first line is there",
                () -> Files.readString(other).startsWith("{\"utc_timestamp_ms\":"));
        assertThat(Files.readString(other)).endsWith("x");
    }

    @Test
    void flushWithoutAFileIsSilent() throws Exception {
        restart("--api-sock", vmm.socket().toString());
        boot(deaf());
        assertDone(act("FlushMetrics"));
    }

    @Test
    void driveOfARunningGuestCanBeSwapped() throws IOException {
        assertDone(drive("a", false, image("a.raw")));
        boot(deaf());
        Path next = image("next.raw");
        assertDone(patch("drives/a", "{'drive_id':'a','path_on_host':'" + next + "'}"));
        assertThat(told("vm/config").path("drives").path(0).path("path_on_host").asString())
                .isEqualTo(next.toString());
        assertDone(
                patch(
                        "drives/a",
                        "{'drive_id':'a','rate_limiter':{'ops':{'size':1,'refill_time':1}}}"));
        String failure = "Drive config error: Unable to patch the block device: ";
        assertRefused(
                patch("drives/a", "{'drive_id':'a'}"),
                failure
                        + "Block: Running method expected different backend. Please verify the"
                        + " request arguments.");
        assertRefused(
                patch("drives/b", "{'drive_id':'b','path_on_host':'" + next + "'}"),
                failure
                        + "Failed perform action on device: Device not found Please verify the"
                        + " request arguments.");
        assertRefused(
                patch("drives/a", "{'drive_id':'a','path_on_host':'/nowhere'}"),
                failure
                        + "Block: Virtio backend error: Error manipulating the backing file: No"
                        + " such file or directory (os error 2) /nowhere Please verify the request"
                        + " arguments.");
        assertMisfit(
                patch("drives/a", "{'drive_id':'a','is_read_only':true}"),
                "unknown field `is_read_only`");
    }

    @Test
    void devicesThatAreNotThereAreNotFound() throws IOException {
        boot(deaf());
        String fault = "Internal VMM error: Failed perform action on device: Device not found";
        assertRefused(api.get("balloon"), fault);
        assertRefused(api.get("hotplug/memory"), fault);
        assertRefused(
                patch("network-interfaces/a", "{'iface_id':'a'}"),
                "Network config error: Unable to update the net device: Failed perform action on"
                        + " device: Device not found");
    }
}
