package com.unkey.vmcp.testkit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.unkey.vmcp.testkit.cloudhypervisor.VmmProgram;
import com.unkey.vmcp.testkit.cloudhypervisor.VmmServer;
import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.guest.MiniGuest.Tail;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guests on the real Cloud Hypervisor. */
@Timeout(60)
class CloudHypervisorGuestTest {
    private static final Duration A_WHILE = Duration.ofMillis(150);

    @TempDir Path directory;
    private VmmServer vmm;
    private ApiSocket api;

    @BeforeEach
    void start() throws IOException {
        Optional<Path> binary = VmmProgram.installed();
        assumeTrue(binary.isPresent(), VmmProgram.MISSING);
        vmm = VmmProgram.start(binary.get(), directory, List.of("--no-shutdown"));
        api = vmm.connect();
    }

    @AfterEach
    void end() throws IOException {
        if (vmm != null) {
            api.close();
            vmm.close();
        }
    }

    @Test
    void tickCountsUpFromOneAndAgainAfterAReboot() throws Exception {
        boot(MiniGuest.tick(), "");
        awaitTicks(12);
        assertThat(printed().lines().limit(12))
                .startsWith("00000001", "00000002")
                .contains("0000000a", "0000000b");
        Files.writeString(serial(), "scribble", StandardOpenOption.APPEND);
        assertThat(api.put("vm.reboot").status()).isEqualTo(204);
        Await.until(
                "the count begins anew",
                () -> printed().startsWith("00000001\n") && !printed().contains("scribble"));
    }

    @Test
    void tickStandsStillWhilePausedAndGoesOnAfterwards() throws Exception {
        boot(MiniGuest.tickWithPowerButton(Machine.CLOUD_HYPERVISOR), "");
        awaitTicks(2);
        assertThat(api.put("vm.pause").status()).isEqualTo(204);
        String reached = printed();
        assertThat(staysFor(A_WHILE, () -> printed().equals(reached))).isTrue();
        assertThat(api.put("vm.resume").status()).isEqualTo(204);
        awaitTicks(ticks() + 2);
        assertThat(printed()).startsWith(reached);
    }

    @ParameterizedTest
    @EnumSource(
            value = Machine.class,
            names = {"CLOUD_HYPERVISOR", "CLOUD_HYPERVISOR_MEMORY_HOTPLUG"})
    void powerButtonSwitchesTheMachineOff(Machine machine) throws Exception {
        boolean hotplug = machine == Machine.CLOUD_HYPERVISOR_MEMORY_HOTPLUG;
        boot(MiniGuest.tickWithPowerButton(machine), hotplug ? ",\"hotplug_size\":134217728" : "");
        awaitTicks(2);
        assertThat(api.put("vm.power-button").status()).isEqualTo(204);
        vmm.events().await("vmm/starting", "vm/booting", "vm/booted", "vm/shutdown");
        assertThat(vmm.alive()).isTrue();
    }

    @Test
    void unpluggedDiskIsGivenUp() throws Exception {
        Path disk = Files.write(directory.resolve("disk.raw"), new byte[1 << 20]);
        boot(MiniGuest.tickWithPowerButton(Machine.CLOUD_HYPERVISOR), "");
        awaitTicks(1);
        String config = "{\"id\":\"extra\",\"path\":\"" + disk + "\",\"image_type\":\"Raw\"}";
        assertThat(api.put("vm.add-disk", config).status()).isEqualTo(200);
        assertThat(api.put("vm.remove-device", "{\"id\":\"extra\"}").status()).isEqualTo(204);
        vmm.events().await("vmm/starting", "vm/booting", "vm/booted", "vm/device-removed");
    }

    @Test
    void lineWithPowerOffTurnsItselfOff() throws Exception {
        boot(MiniGuest.line("bye\n", Tail.POWER_OFF_CH), "");
        vmm.events().await("vmm/starting", "vm/booting", "vm/booted", "vm/shutdown");
        assertThat(printed()).isEqualTo("bye\n");
    }

    @ParameterizedTest
    @EnumSource(
            value = Tail.class,
            names = {"RESET", "CRASH"})
    void resetAndCrashStartTheGuestAgain(Tail tail) throws Exception {
        boot(MiniGuest.line("again\n", tail), "");
        Await.until(
                "the guest has started twice more",
                () -> vmm.events().names().stream().filter("vm/rebooted"::equals).count() >= 2);
        assertThat(vmm.alive()).isTrue();
    }

    private void boot(MiniGuest guest, String memory) throws IOException {
        String config =
                """
                {"payload":{"kernel":"%s"},"memory":{"size":134217728%s},
                "serial":{"mode":"File","file":"%s"},"console":{"mode":"Off"}}\
                """
                        .formatted(guest.writeTo(directory), memory, serial());
        assertThat(api.put("vm.create", config).status()).isEqualTo(204);
        assertThat(api.put("vm.boot").status()).isEqualTo(204);
    }

    private Path serial() {
        return directory.resolve("serial");
    }

    private String printed() {
        try {
            return Files.readString(serial(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalStateException("reading the guest's output", e);
        }
    }

    private long ticks() {
        return printed().chars().filter(each -> each == '\n').count();
    }

    private void awaitTicks(long count) {
        Await.until(count + " ticks", () -> ticks() >= count);
    }

    private static boolean staysFor(Duration limit, BooleanSupplier holds) {
        long end = System.nanoTime() + limit.toNanos();
        boolean held = true;
        while (held && System.nanoTime() - end < 0) {
            held = holds.getAsBoolean();
        }
        return held;
    }
}
