package com.unkey.vmcp.testkit.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.guest.MiniGuest.Tail;
import com.unkey.vmcp.testkit.microhttp.ApiReply;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Guests, events and ends: what happens over time in Cloud Hypervisor v53.0. */
public abstract class CloudHypervisorLifeContract extends ServerSteps {

    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    void pausedGuestStandsStillAndGoesOnWhereItWas() throws IOException {
        boot(config(button()));
        awaitTicks(2);
        put("vm.pause");
        String reached = printed();
        assertThat(changes(reached)).isFalse();
        put("vm.resume");
        awaitTicks(reached.lines().count() + 2);
        assertThat(printed()).startsWith(reached);
    }

    private boolean changes(String printed) {
        long end = System.nanoTime() + Duration.ofMillis(100).toNanos();
        boolean same = true;
        while (same && System.nanoTime() - end < 0) {
            same = printed().equals(printed);
        }
        return !same;
    }

    @Test
    void eventsComeInOrder() throws IOException {
        boot(config(button()));
        put("vm.pause");
        put("vm.resume");
        put("vm.reboot");
        put("vm.shutdown");
        put("vm.boot");
        put("vm.delete");
        vmm.events()
                .await(
                        "vmm/starting",
                        "vm/booting",
                        "vm/booted",
                        "vm/pausing",
                        "vm/paused",
                        "vm/resuming",
                        "vm/resumed",
                        "vm/rebooting",
                        "vm/rebooted",
                        "vm/shutdown",
                        "vm/booting",
                        "vm/booted",
                        "vm/shutdown",
                        "vm/deleted");
    }

    @Test
    void failedCallsTellTheirBeginningToo() throws IOException {
        api.put("vm.boot");
        api.put("vm.reboot");
        api.put("vm.pause");
        boot(config(button()));
        api.put("vm.resume");
        vmm.events()
                .await(
                        "vmm/starting",
                        "vm/booting",
                        "vm/rebooting",
                        "vm/booting",
                        "vm/booted",
                        "vm/resuming");
    }

    @Test
    void eventsAreObjectsOverSeveralLinesWithABlankLineAfterEach() throws IOException {
        boot(config(button()));
        vmm.events().await("vmm/starting", "vm/booting", "vm/booted");
        String text = vmm.events().text();
        assertThat(text)
                .startsWith("{\n  \"timestamp\": {\n    \"secs\": 0,\n    \"nanos\": ")
                .contains("\n  \"source\": \"vmm\",\n  \"event\": \"starting\",\n")
                .contains("\n  \"properties\": null\n}\n\n{\n")
                .endsWith("}\n\n");
        assertThat(vmm.events().objects())
                .extracting(each -> each.path("timestamp").path("nanos").isIntegralNumber())
                .containsOnly(true);
    }

    @Test
    void removedDeviceIsToldWithItsIdAndPlace() throws IOException {
        boot(withDisk(config(button()), image("a.raw"), "a"));
        awaitTicks(1);
        assertDone(api.put("vm.remove-device", "{\"id\":\"a\"}"));
        awaitEvent("vm/device-removed", 1);
        JsonNode properties = vmm.events().objects().getLast().path("properties");
        assertThat(properties.path("id").asString()).isEqualTo("a");
        assertThat(properties.path("bdf").asString()).matches("0000:00:..\\.0");
    }

    @Test
    void powerButtonEndsAGuestThatHeedsItAndTheVmCanStartAgain() throws IOException {
        boot(config(button()));
        awaitTicks(2);
        put("vm.power-button");
        vmm.events().await("vmm/starting", "vm/booting", "vm/booted", "vm/shutdown");
        assertThat(state()).isEqualTo("Created");
        assertThat(vmm.alive()).isTrue();
        put("vm.boot");
        Await.until("the guest begins anew", () -> printed().startsWith("00000001\n"));
        put("vm.power-button");
        awaitEvent("vm/shutdown", 2);
    }

    @Test
    void powerButtonIsHeldBackWhilePaused() throws IOException {
        boot(config(button()));
        awaitTicks(2);
        put("vm.pause");
        put("vm.power-button");
        assertThat(state()).isEqualTo("Paused");
        put("vm.resume");
        awaitEvent("vm/shutdown", 1);
    }

    @Test
    void powerButtonDoesNothingToAGuestThatIgnoresIt() throws IOException {
        boot(config(deaf()));
        awaitTicks(2);
        put("vm.power-button");
        awaitTicks(ticks() + 3);
        assertThat(state()).isEqualTo("Running");
        put("vm.shutdown");
    }

    @Test
    void guestPowersItselfOff() throws IOException {
        boot(config(MiniGuest.line("bye\n", Tail.POWER_OFF_CH).writeTo(directory)));
        vmm.events().await("vmm/starting", "vm/booting", "vm/booted", "vm/shutdown");
        assertThat(state()).isEqualTo("Created");
    }

    @Test
    void guestTakesTheProcessWithItUnlessToldOtherwise() throws Exception {
        restart();
        boot(config(MiniGuest.line("bye\n", Tail.POWER_OFF_CH).writeTo(directory)));
        assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(0));
        assertEndTold();
        assertThat(vmm.socket()).doesNotExist();
    }

    @Test
    void guestResetIsARebootOfTheVm() throws IOException {
        boot(config(MiniGuest.line("again\n", Tail.RESET).writeTo(directory)));
        awaitEvent("vm/rebooted", 2);
        assertThat(vmm.events().names()).doesNotContain("vm/shutdown");
        assertThat(vmm.alive()).isTrue();
    }

    @Test
    void guestResetThatCannotBeServedEndsTheProcess() throws IOException {
        Path kernel = MiniGuest.line("again\n", Tail.RESET).writeTo(directory);
        boot(config(kernel));
        Files.delete(kernel);
        assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(1));
        assertThat(vmm.events().names()).last().isEqualTo("vm/rebooting");
        assertThat(vmm.socket()).exists();
    }

    @Test
    void rebootGoesOnFromAPauseToo() throws IOException {
        boot(config(button()));
        awaitTicks(3);
        put("vm.pause");
        put("vm.reboot");
        assertThat(state()).isEqualTo("Running");
        Await.until("the guest begins anew", () -> printed().startsWith("00000001\n"));
    }

    @Test
    void shutdownOfTheVmmAnswers200AndEndsIt() throws IOException {
        boot(config(button()));
        awaitEvent("vm/booted", 1);
        ApiReply reply = api.put("vmm.shutdown");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEmpty();
        assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(0));
        assertThat(vmm.socket()).doesNotExist();
        assertThat(directory.resolve(VmmServer.SOCKET + ".lock")).exists();
        assertEndTold();
    }

    /** The process does not wait for its last events to be written, so some may be missing. */
    private void assertEndTold() {
        assertThat(
                        List.of(
                                "vmm/starting",
                                "vm/booting",
                                "vm/booted",
                                "vm/shutdown",
                                "vm/deleted",
                                "vmm/shutdown"))
                .startsWith(vmm.events().names().toArray(String[]::new));
    }

    @Test
    void shutdownOfTheVmmTakesNoNoticeOfABody() throws IOException {
        assertThat(api.put("vmm.shutdown", "{}").status()).isEqualTo(200);
        assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void termSignalEndsTheVmWithoutAskingTheGuest() throws IOException {
        boot(config(button()));
        vmm.events().await("vmm/starting", "vm/booting", "vm/booted");
        vmm.terminate();
        assertThat(vmm.awaitExit(SOON)).isEqualTo(OptionalInt.of(0));
        assertEndTold();
        assertThat(vmm.socket()).doesNotExist();
    }

    @Test
    void killedProcessLeavesItsSocketToTheNextOne() throws Exception {
        boot(config(button()));
        vmm.events().await("vmm/starting", "vm/booting", "vm/booted");
        vmm.kill();
        assertThat(vmm.awaitExit(SOON)).isPresent();
        assertThat(vmm.events().names()).last().isEqualTo("vm/booted");
        assertThat(vmm.socket()).exists();
        restart("--no-shutdown");
        assertThat(api.get("vm.info").status()).isEqualTo(404);
        vmm.events().await("vmm/starting");
    }

    @Test
    void secondProcessOnTheSameSocketGivesUp() throws Exception {
        vmm.events().await("vmm/starting");
        try (VmmServer second = launch(directory, List.of())) {
            assertThat(second.awaitExit(SOON)).isEqualTo(OptionalInt.of(1));
        }
        assertThat(api.get("vmm.ping").status()).isEqualTo(200);
        assertThat(Files.readString(directory.resolve(VmmServer.OUTPUT)))
                .contains("is already in use by another running instance");
    }

    @Test
    void unknownFlagIsRefused() throws Exception {
        end();
        try (VmmServer bad = launch(directory, List.of("--bogus"))) {
            assertThat(bad.awaitExit(SOON)).isEqualTo(OptionalInt.of(2));
        }
    }

    @Test
    void guestWithRoomForMoreMemoryHeedsItsButtonToo() throws IOException {
        Path kernel =
                MiniGuest.tickWithPowerButton(Machine.CLOUD_HYPERVISOR_MEMORY_HOTPLUG)
                        .writeTo(directory);
        create(config(kernel).set("memory", hotplug()));
        put("vm.boot");
        awaitTicks(1);
        assertDone(api.put("vm.resize", "{\"desired_ram\":268435456}"));
        assertThat(info().path("memory_actual_size").asLong(0)).isEqualTo(256L << 20);
        put("vm.power-button");
        awaitEvent("vm/shutdown", 1);
    }

    private JsonNode hotplug() throws IOException {
        return config(button())
                .putObject("memory")
                .put("size", 128L << 20)
                .put("hotplug_size", 128L << 20);
    }
}
