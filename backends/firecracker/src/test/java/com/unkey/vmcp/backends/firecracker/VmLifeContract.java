package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
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
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What this backend owes beyond what every hypervisor does, on the real program and on the fake.
 */
abstract class VmLifeContract {

    @TempDir private Path directory;
    private FcBench bench;

    abstract FcBench openBench(Path root) throws IOException;

    @BeforeEach
    final void open() throws IOException {
        bench = openBench(directory);
    }

    @AfterEach
    final void close() {
        if (bench != null) {
            bench.close();
        }
    }

    final FcBench bench() {
        return bench;
    }

    final Path directory() {
        return directory;
    }

    final Vmm launched(LaunchPlan plan) {
        return bench.hypervisor().launch(plan, () -> {});
    }

    final Vmm booted(LaunchPlan plan) {
        Vmm vmm = launched(plan);
        vmm.boot();
        comesUp(plan);
        return vmm;
    }

    final void comesUp(LaunchPlan plan) {
        Await.until("the guest counts", () -> bench.progress(plan) > 0);
    }

    final Vmm adopted(LaunchPlan plan) {
        return ((Adoption.Living) bench.hypervisor().adopt(plan, () -> {})).vmm();
    }

    final Path disk(String name) throws IOException {
        return Files.write(directory.resolve(name), new byte[1 << 20]);
    }

    private Path line(Tail tail) throws IOException {
        return MiniGuest.line("up\n", tail).writeTo(directory);
    }

    static <T extends Observation> T becomes(Vmm vmm, Class<T> kind) {
        AtomicReference<Observation> seen = new AtomicReference<>();
        try {
            return Await.value(
                    "it is " + kind.getSimpleName(),
                    () -> {
                        seen.set(vmm.observe());
                        return Optional.of(seen.get()).filter(kind::isInstance).map(kind::cast);
                    });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", it is " + seen.get(), e);
        }
    }

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

    private Vms resetting(String option) throws IOException {
        return Vms.of(line(Tail.RESET)).bootOptions(Map.of("on_guest_reset", option));
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

    // What a later daemon finds

    @Test
    void theNextDaemonStartsAnewWhatResetItselfUnseen() throws IOException {
        LaunchPlan plan = resetting("restart").plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            becomes(vmm, Observation.GuestReset.class);
        }
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.GuestReset());
            vmm.reset();
            becomes(vmm, Observation.GuestReset.class);
        }
    }

    @Test
    void whatEndedForGoodIsDeadToTheNextDaemon() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = booted(plan)) {
            vmm.pressPowerButton();
            becomes(vmm, Observation.PoweredOff.class);
            vmm.stop();
        }
        bench.restartDaemon();
        assertThat(bench.hypervisor().adopt(plan, () -> {}))
                .isEqualTo(new Adoption.Dead("the guest powered off"));
    }

    @Test
    void theNextDaemonReadsFromTheLogHowAProcessEndedThatIsNoneOfItsOwn() {
        LaunchPlan plan = bench.newVm();
        booted(plan).close();
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            vmm.pressPowerButton();
            becomes(vmm, Observation.PoweredOff.class);
        }
    }

    /** As a daemon leaves it that is killed just before it ends the old process. */
    @Test
    void theNextDaemonFinishesAResetThatWasOnlyAnnounced() {
        resetIsFinished(LaunchNote.Stage.ENDING, true);
    }

    /** As a daemon leaves it that is killed just after that. */
    @Test
    void theNextDaemonFinishesAResetWhoseOldProcessIsGone() {
        resetIsFinished(LaunchNote.Stage.ENDING, false);
    }

    @Test
    void theNextDaemonFinishesAResetWhoseNewProcessIsNotThereYet() {
        resetIsFinished(LaunchNote.Stage.STARTING, false);
    }

    private void resetIsFinished(LaunchNote.Stage stage, boolean lives) {
        LaunchPlan plan = bench.newVm();
        booted(plan).close();
        leave(plan, stage);
        if (!lives) {
            bench.crash(plan);
            Await.until("the process is gone", () -> !bench.lives(plan));
        }
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.observe()).isInstanceOf(Observation.PoweredOff.class);
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            comesUp(plan);
            assertThat(bench.note(plan).orElseThrow().stage()).isEqualTo(LaunchNote.Stage.STANDING);
        }
    }

    private void leave(LaunchPlan plan, LaunchNote.Stage stage) {
        LaunchNote.FORMAT.save(
                bench.note(plan).orElseThrow().with(stage),
                RunFiles.note(bench.host().runDirectory(plan.shortId())));
    }

    /** As a daemon leaves it that is killed before it hears that the new guest runs. */
    @Test
    void theNextDaemonSeesThatAResetIsDone() {
        LaunchPlan plan = bench.newVm();
        booted(plan).close();
        leave(plan, LaunchNote.Stage.STARTING);
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(bench.note(plan).orElseThrow().stage()).isEqualTo(LaunchNote.Stage.STANDING);
        }
    }

    /** As a daemon leaves it that is killed while it tells a new process of its guest. */
    @Test
    void theNextDaemonDoesNotTrustAProcessThatWasToldHalf() {
        LaunchPlan plan = bench.newVm();
        launched(plan).close();
        leave(plan, LaunchNote.Stage.STARTING);
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.observe()).isInstanceOf(Observation.PoweredOff.class);
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void whatAVmHasUsedGoesOnOverResetsAndDaemons() {
        LaunchPlan plan = bench.newVm();
        Sample first;
        try (Vmm vmm = booted(plan)) {
            first = used(vmm, Duration.ZERO);
            vmm.reset();
            comesUp(plan);
        }
        bench.restartDaemon();
        try (Vmm vmm = adopted(plan)) {
            assertThat(vmm.sample().cpuTime()).isGreaterThanOrEqualTo(first.cpuTime());
            Sample second = used(vmm, first.cpuTime());
            vmm.reset();
            assertThat(vmm.sample().cpuTime()).isGreaterThanOrEqualTo(second.cpuTime());
        }
    }

    private static Sample used(Vmm vmm, Duration before) {
        return Await.value(
                "processor time is counted",
                () -> Optional.of(vmm.sample()).filter(now -> now.cpuTime().compareTo(before) > 0));
    }
}
