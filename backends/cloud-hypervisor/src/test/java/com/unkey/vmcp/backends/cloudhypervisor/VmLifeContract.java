package com.unkey.vmcp.backends.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.backends.http.HttpLink;
import com.unkey.vmcp.backends.http.HttpLinks;
import com.unkey.vmcp.backends.http.HttpRequest;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What this backend owes beyond what every hypervisor does, on the real program and on the fake.
 */
abstract class VmLifeContract {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @TempDir private Path directory;
    private ChBench bench;

    abstract ChBench openBench(Path root) throws IOException;

    /** How the paths of pseudo-terminals begin. */
    abstract String terminals();

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

    final ChBench bench() {
        return bench;
    }

    final Path directory() {
        return directory;
    }

    final Vmm launched(LaunchPlan plan) {
        return bench.hypervisor().launch(plan, () -> {});
    }

    private void comesUp(LaunchPlan plan) {
        Await.until("the guest counts", () -> bench.progress(plan) > 0);
    }

    final Path disk(String name) throws IOException {
        return Files.write(directory.resolve(name), new byte[1 << 20]);
    }

    /** Told to boot twice, Cloud Hypervisor would run the VM without any disk the second time. */
    @Test
    void aBootThatFailedForWantOfADiskFailsAgainUntilTheDiskIsThere() throws IOException {
        Path image = directory.resolve("system.img");
        LaunchPlan plan = Vms.of(bench.guest()).disk(image, DiskFormat.RAW, false, true).plan();
        try (Vmm vmm = launched(plan)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(vmm::boot)
                        .isInstanceOfSatisfying(VmException.class, VmLifeContract::refused)
                        .hasMessageContaining(image.toString());
                assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
            }
            disk("system.img");
            vmm.boot();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            comesUp(plan);
            assertThat(vmm.sample().storage().bytesRead()).isZero();
        }
    }

    static void refused(VmException e) {
        assertThat(e.failure()).isInstanceOf(VmFailure.VmmFailed.class);
    }

    @Test
    void theNextDaemonBootsNothingWithoutItsDisks() throws IOException {
        Path image = directory.resolve("system.img");
        LaunchPlan plan = Vms.of(bench.guest()).disk(image, DiskFormat.RAW, false, true).plan();
        launched(plan).close();
        // As a daemon does that is killed before it hears of the failure.
        try (HttpLinks links = HttpLinks.start();
                HttpLink link = links.open(bench.files(plan).socket(), () -> {})) {
            assertThat(link.call(HttpRequest.put("/api/v1/vm.boot"), LIMIT).status())
                    .isEqualTo(500);
        }
        bench.restartDaemon();
        try (Vmm adopted = adopted(plan)) {
            assertThat(adopted.observe()).isEqualTo(new Observation.Prepared());
            assertThatThrownBy(adopted::boot).hasMessageContaining(image.toString());
        }
    }

    final Vmm adopted(LaunchPlan plan) {
        return ((Adoption.Living) bench.hypervisor().adopt(plan, () -> {})).vmm();
    }

    @Test
    void aBootThatFailedForWantOfAKernelCanBeTriedAgain() throws IOException {
        Path kernel = directory.resolve("late.elf");
        LaunchPlan plan = Vms.of(kernel).plan();
        try (Vmm vmm = launched(plan)) {
            assertThatThrownBy(vmm::boot)
                    .isInstanceOfSatisfying(VmException.class, VmLifeContract::refused)
                    .hasMessageContaining("vm.boot");
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
            Files.copy(bench.guest(), kernel);
            vmm.boot();
            comesUp(plan);
        }
    }

    @Test
    void aRebootThatFailsEndsTheGuestAndSaysWhy() throws IOException {
        Path kernel = Files.copy(bench.guest(), directory.resolve("soon-gone.elf"));
        LaunchPlan plan = Vms.of(kernel).plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            comesUp(plan);
            Files.delete(kernel);
            assertThatThrownBy(vmm::reset).hasMessageContaining("vm.reboot");
            assertThat(vmm.observe())
                    .isInstanceOfSatisfying(
                            Observation.PoweredOff.class,
                            off -> assertThat(off.reason()).contains("could not be started anew"));
            assertThatThrownBy(vmm::reset).hasMessageContaining("vm.boot");
            Files.copy(bench.guest(), kernel);
            vmm.reset();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void theConsoleBeginsAnewWithEachStartOfTheGuest() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            comesUp(plan);
            vmm.reset();
            Await.until("the guest is started anew", () -> bench.starts(plan) == 2);
            assertThat(bench.console(plan)).startsWith("00000001");
        }
    }

    @Test
    void aTerminalIsNamed() {
        LaunchPlan plan = console("pty");
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(bench.hypervisor().describe(plan).get("console_path"))
                    .startsWith(terminals());
            vmm.reset();
            vmm.observe();
            assertThat(bench.hypervisor().describe(plan).get("console_path"))
                    .startsWith(terminals());
        }
    }

    @Test
    void aSocketIsNamedAndNeverInTheWay() {
        LaunchPlan plan = console("socket");
        try (Vmm vmm = launched(plan)) {
            Path socket = Path.of(bench.hypervisor().describe(plan).get("console_path"));
            vmm.boot();
            assertThat(socket).exists();
            vmm.reset();
            vmm.stop();
        }
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void aConsoleThatIsOffHasNoPath() {
        LaunchPlan plan =
                Vms.of(bench.guest())
                        .console(new Console(false, "", "", ""), Optional.empty())
                        .plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(bench.hypervisor().describe(plan)).doesNotContainKey("console_path");
        }
    }

    private LaunchPlan console(String type) {
        return Vms.of(bench.guest())
                .console(new Console(true, "", "", type), Optional.empty())
                .plan();
    }

    @Test
    void tellsOperatorsWhereToLook() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = launched(plan)) {
            assertThat(vmm.pid()).isPresent();
            var facts = bench.hypervisor().describe(plan);
            assertThat(facts.get("vmm")).isEqualTo("cloudhypervisor");
            assertThat(facts.get("vmm_version")).matches("[0-9]+\\.[0-9]+");
            for (String path : new String[] {"api_socket", "event_monitor_path", "console_path"}) {
                assertThat(Path.of(facts.get(path))).as(path).exists();
            }
            assertThat(facts).containsKey("log_path");
        }
    }

    @Test
    void aVmmThatIsToldToEndByAnOperatorIsToldApartFromACrash() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            comesUp(plan);
            bench.host().find(plan.shortId()).orElseThrow().terminate();
            Await.until("it is gone", () -> vmm.observe() instanceof Observation.Gone);
            assertThat(((Observation.Gone) vmm.observe()).reason())
                    .isEqualTo("Cloud Hypervisor was ended, exit code 0");
        }
    }

    @Test
    void aCrashIsToldAsWhatItIs() {
        LaunchPlan plan = bench.newVm();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            comesUp(plan);
            bench.crash(plan);
            Await.until("it is gone", () -> vmm.observe() instanceof Observation.Gone);
            assertThat(((Observation.Gone) vmm.observe()).reason())
                    .startsWith("Cloud Hypervisor ended without a word of shutdown, killed by");
        }
    }
}
