package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.guest.MiniGuest.Tail;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What this backend owes beyond what every hypervisor does, on the real program and on the fake.
 */
abstract class VmLifeContract extends TakeoverContract {
    /** How a file is refused that is not there; Firecracker is who says so, if nobody before. */
    Class<? extends VmFailure> refusalOfAbsentFiles() {
        return VmFailure.VmmFailed.class;
    }

    private static void refused(VmException e) {
        assertThat(e.failure()).isInstanceOf(VmFailure.VmmFailed.class);
    }

    // What is refused

    @Test
    void aDiskThatIsNotThereIsRefusedByItsField() {
        Path image = directory.resolve("absent.img");
        LaunchPlan plan = Vms.of(bench.guest()).disk(image, DiskFormat.RAW, true, false).plan();
        assertThatThrownBy(() -> launched(plan))
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(refusalOfAbsentFiles()))
                .hasMessageContaining("config.storage[0]")
                .hasMessageContaining(image.toString());
        assertThat(bench.lives(plan)).isFalse();
    }

    @Test
    void aBootThatFailedCanBeTriedAgainWithWhatIsThereThen() throws IOException {
        Path kernel = directory.resolve("late.elf");
        byte[] whole = Files.readAllBytes(bench.guest());
        byte[] damaged = whole.clone();
        damaged[0x18 + 2] = 0; // The entry is below 1 MiB now.
        Files.write(kernel, damaged);
        LaunchPlan plan = Vms.of(kernel).plan();
        try (Vmm vmm = launched(plan)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(vmm::boot)
                        .isInstanceOfSatisfying(VmException.class, VmLifeContract::refused)
                        .hasMessageContaining("InstanceStart");
                assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
            }
            Files.delete(kernel);
            Files.write(kernel, whole);
            vmm.boot();
            comesUp(plan);
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    // Guests that end by themselves

    @Test
    void aGuestThatResetsItselfIsPoweredOff() throws IOException {
        LaunchPlan plan = Vms.of(line(Tail.RESET)).plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(becomes(vmm, Observation.PoweredOff.class).reason())
                    .isEqualTo("the guest reset itself");
        }
    }

    @Test
    void aVmCanAskForItsGuestToBeStartedAnew() throws IOException {
        LaunchPlan plan = resetting("restart").plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            becomes(vmm, Observation.GuestReset.class);
            vmm.reset();
            becomes(vmm, Observation.GuestReset.class);
        }
    }

    @Test
    void theOperatorDecidesForVmsThatDoNotSay() throws IOException {
        bench.restartAfterReset(true);
        bench.restartDaemon();
        LaunchPlan silent = Vms.of(line(Tail.RESET)).plan();
        LaunchPlan other = resetting("shutdown").plan();
        try (Vmm restarted = launched(silent);
                Vmm ended = launched(other)) {
            restarted.boot();
            becomes(restarted, Observation.GuestReset.class);
            ended.boot();
            becomes(ended, Observation.PoweredOff.class);
        }
    }

    /** Looked at only when there is news: a look at a guest that ends just then may delay that. */
    @Test
    void aGuestThatDoesNothingButResetItselfIsLeftAlone() throws Exception {
        LaunchPlan plan = resetting("restart").plan();
        Semaphore news = new Semaphore(0);
        try (Vmm vmm = bench.hypervisor().launch(plan, news::release)) {
            vmm.boot();
            for (int i = 0; i < ResetGuard.MOST; i++) {
                assertThat(ended(vmm, news)).isEqualTo(new Observation.GuestReset());
                vmm.reset();
            }
            assertThat(ended(vmm, news))
                    .isEqualTo(
                            new Observation.PoweredOff(
                                    "the guest reset itself 6 times in a row, each time within 1 s"
                                            + " of its start"));
        }
    }

    private Observation ended(Vmm vmm, Semaphore news) throws InterruptedException {
        assertThat(news.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        Observation seen = vmm.observe();
        news.drainPermits();
        return seen;
    }

    @Test
    void aGuestThatWasToldToEndIsNotStartedAnew() {
        LaunchPlan plan =
                Vms.of(bench.guest()).bootOptions(Map.of("on_guest_reset", "restart")).plan();
        try (Vmm vmm = booted(plan)) {
            vmm.pressPowerButton();
            assertThat(becomes(vmm, Observation.PoweredOff.class).reason())
                    .isEqualTo("the guest powered off");
        }
    }

    @Test
    void aGuestThatCrashesTakesItsVmWithIt() throws IOException {
        LaunchPlan plan = Vms.of(line(Tail.CRASH)).plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(becomes(vmm, Observation.Gone.class).reason())
                    .startsWith("Firecracker ended")
                    .contains("the guest crashed")
                    .doesNotContain("[", directory.toString());
        }
    }

    @Test
    void aKilledProcessIsToldAsWhatItIs() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = booted(plan)) {
            bench.crash(plan);
            assertThat(becomes(vmm, Observation.Gone.class).reason())
                    .isEqualTo("Firecracker ended, killed by signal 9");
        }
    }

    // The button

    @Test
    void aDeafGuestCanBePressedForEver() throws IOException {
        LaunchPlan plan = Vms.of(MiniGuest.tick().writeTo(directory)).plan();
        try (Vmm vmm = booted(plan)) {
            for (int i = 0; i < 8; i++) {
                assertThatCode(vmm::pressPowerButton).doesNotThrowAnyException();
            }
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void aPressDuringAPauseIsObeyedAfterIt() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = booted(plan)) {
            vmm.pause();
            vmm.pressPowerButton();
            assertThat(vmm.observe()).isEqualTo(new Observation.Paused());
            vmm.resume();
            becomes(vmm, Observation.PoweredOff.class);
        }
    }

    @Test
    void aPausedVmCanBeStopped() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = booted(plan)) {
            vmm.pause();
            vmm.stop();
            assertThat(bench.lives(plan)).isFalse();
            assertThat(vmm.observe())
                    .isEqualTo(new Observation.Gone("Firecracker was told to end"));
        }
    }

    // One process after the other

    @Test
    void anExchangeOfProcessesIsNoNews() {
        LaunchPlan plan = bench.newVm();
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = bench.hypervisor().launch(plan, changes::incrementAndGet)) {
            vmm.boot();
            comesUp(plan);
            long before = vmm.pid().orElseThrow();
            vmm.reset();
            comesUp(plan);
            assertThat(vmm.pid().orElseThrow()).isNotEqualTo(before);
            assertThat(changes).hasValue(0);
        }
    }

    @Test
    void aResetThatFailsEndsTheVmAndSaysWhy() throws IOException {
        Path kernel = Files.copy(bench.guest(), directory.resolve("soon-gone.elf"));
        LaunchPlan plan = Vms.of(kernel).plan();
        try (Vmm vmm = booted(plan)) {
            Files.delete(kernel);
            assertThatThrownBy(vmm::reset).hasMessageContaining("config.boot.kernel_path");
            assertThat(bench.lives(plan)).isFalse();
            assertThat(vmm.observe())
                    .isInstanceOfSatisfying(
                            Observation.Gone.class,
                            gone ->
                                    assertThat(gone.reason())
                                            .contains("the guest could not be started anew"));
            Files.copy(bench.guest(), kernel);
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void theConsoleBeginsAnewWithEachStartOfTheGuest() throws IOException {
        Path named = Files.writeString(directory.resolve("named.log"), "of another VM\n");
        LaunchPlan plan =
                Vms.of(bench.guest())
                        .console(new Console(true, named.toString(), "", ""), Optional.of(named))
                        .plan();
        try (Vmm vmm = booted(plan)) {
            assertThat(bench.console(plan)).startsWith("00000001");
            vmm.reset();
            Await.until("the guest is started anew", () -> bench.starts(plan) == 2);
            assertThat(bench.console(plan)).startsWith("00000001");
        }
    }

    @Test
    void aConsoleThatIsOffHasNoPathAndNoFile() {
        LaunchPlan plan =
                Vms.of(bench.guest())
                        .console(new Console(false, "", "", ""), Optional.empty())
                        .plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(bench.hypervisor().describe(plan)).doesNotContainKey("console_path");
            assertThat(bench.host().runDirectory(plan.shortId()).resolve("console.log"))
                    .doesNotExist();
        }
    }

    @Test
    void aStoppedVmLeavesNoSocket() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = booted(plan)) {
            Path socket = Path.of(bench.hypervisor().describe(plan).get("api_socket"));
            assertThat(socket).exists();
            vmm.stop();
            assertThat(socket).doesNotExist();
        }
    }

    @Test
    void tellsOperatorsWhereToLook() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = booted(plan)) {
            assertThat(vmm.pid()).isPresent();
            var facts = bench.hypervisor().describe(plan);
            assertThat(facts)
                    .containsEntry("vmm", "firecracker")
                    .containsEntry("vmm_version", "1.16.1");
            for (String path :
                    new String[] {"api_socket", "metrics_path", "log_path", "console_path"}) {
                assertThat(Path.of(facts.get(path))).as(path).exists();
            }
        }
    }

    // Devices

    @Test
    void devicesMayBeCalledWhatFirecrackerCannotSay() throws IOException {
        LaunchPlan plan =
                Vms.of(bench.guest())
                        .disk(disk("a.img"), DiskFormat.RAW, named("root-disk.1", true))
                        .disk(disk("b.img"), DiskFormat.RAW, named("root_disk_1", false))
                        .disk(disk("c.img"), DiskFormat.RAW, named("root.disk-1", false))
                        .plan();
        try (Vmm vmm = booted(plan)) {
            Sample sample = vmm.sample();
            assertThat(sample.storage()).isEqualTo(Sample.StorageCounters.ZERO);
            assertThat(bench.note(plan).orElseThrow().now().offset()).isPositive();
        }
    }

    private static Disk named(String id, boolean root) {
        return new Disk(id, "/" + id, false, root, "", Map.of());
    }
}
