package com.unkey.vmcp.backends.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.backends.adapter.VmmBinary;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.core.vm.VmSpec.Topology;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only QEMU does, on the real one. */
class QemuHypervisorTest {

    @TempDir private Path directory;

    private QemuBench bench;

    @BeforeEach
    void open() throws IOException {
        bench = new QemuBench(directory, Machine.Q35);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aFailedStartTellsQemusWordsWithoutOurPaths() throws IOException {
        Path linked = Files.createSymbolicLink(directory.resolve("link"), bench.guest());
        Path disk = directory.resolve("two,writers");
        Files.write(disk, new byte[4096]);
        LaunchPlan first = Vms.of(bench.guest()).disk(disk, DiskFormat.RAW, false, false).plan();
        LaunchPlan second = Vms.of(linked).disk(disk, DiskFormat.RAW, false, false).plan();
        try (Vmm vmm = launch(first)) {
            assertThatThrownBy(() -> launch(second))
                    .isInstanceOfSatisfying(
                            VmException.class,
                            e -> assertThat(e.failure()).isInstanceOf(VmFailure.VmmFailed.class))
                    .hasMessageContaining("QEMU did not start, exit code 1: qemu-system-x86_64:")
                    .hasMessageContaining("Failed to get \"write\" lock")
                    .hasMessageNotContaining(
                            bench.host().runDirectory(second.shortId()).toString());
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
        }
        assertThat(bench.lives(second)).isFalse();
    }

    @Test
    void aKernelThatIsNoneIsNamedAsTheClientNamedIt() {
        LaunchPlan vm = bench.newVmThatCannotStart();
        assertThatThrownBy(() -> launch(vm))
                .hasMessageContaining("could not open kernel file")
                .hasMessageContaining("no-kernel");
    }

    @Test
    void aFeatureThatCannotBeHadFailsTheLaunch() {
        LaunchPlan vm =
                Vms.of(bench.guest())
                        .cpu(new Cpu(1, 0, Optional.empty(), Map.of("avx512f", "on")))
                        .plan();
        assertThatThrownBy(() -> launch(vm)).hasMessageContaining("avx512f");
        assertThat(bench.lives(vm)).isFalse();
    }

    @Test
    void whatIsNotSupportedIsNotLaunched() {
        LaunchPlan vm = Vms.of(bench.guest()).bootOptions(Map.of("firmware", "x")).plan();
        assertThatThrownBy(() -> launch(vm))
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unsupported.class));
    }

    @Test
    void aVmThatRunsIsNotLaunchedASecondTime() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = launch(vm)) {
            assertThatThrownBy(() -> launch(vm)).hasMessageContaining("runs already");
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
        }
    }

    @Test
    void everythingThatCanBeAskedForStarts() throws IOException {
        Path disk = Files.write(directory.resolve("d.img"), new byte[1 << 20]);
        Map<String, String> options =
                Map.of("serial", "s-1", "num_queues", "1", "queue_size", "128", "aio", "threads");
        LaunchPlan vm =
                Vms.of(bench.guest())
                        .cpu(
                                new Cpu(
                                        2,
                                        4,
                                        Optional.of(new Topology(1, 2, 2)),
                                        Map.of("aes", "off")))
                        .memory(
                                new Memory(
                                        64 * Vms.MIB,
                                        true,
                                        128 * Vms.MIB,
                                        Map.of("shared", "on", "prefault", "on")))
                        .disk(disk, DiskFormat.RAW, new Disk("d", "/d", true, true, "", options))
                        .plan();
        try (Vmm vmm = launch(vm)) {
            vmm.boot();
            Await.until("the guest runs", () -> bench.starts(vm) == 1);
            assertThat(vmm.sample().memoryBytes()).isGreaterThan(64 * Vms.MIB);
        }
    }

    @Test
    void consoleOutputGoesToTheNamedFileOrNowhere() throws IOException {
        Path output = Files.createFile(directory.resolve("out,put"));
        LaunchPlan named =
                Vms.of(bench.guest())
                        .console(
                                new Console(true, output.toString(), "", "file"),
                                Optional.of(output))
                        .plan();
        LaunchPlan silent =
                Vms.of(bench.guest())
                        .console(new Console(false, "", "", ""), Optional.empty())
                        .plan();
        try (Vmm first = launch(named);
                Vmm second = launch(silent)) {
            first.boot();
            second.boot();
            Await.until("output comes", () -> Files.readString(output).contains("00000001"));
            assertThat(bench.hypervisor().describe(named))
                    .containsEntry("console_path", output.toString());
            assertThat(bench.hypervisor().describe(silent)).doesNotContainKey("console_path");
        }
    }

    @Test
    void describesTheLaunchThatWasAndNotThatWouldBe() {
        LaunchPlan vm = bench.newVm();
        launch(vm).close();
        assertThat(bench.hypervisor().describe(vm))
                .containsEntry("vmm", "qemu")
                .containsEntry("machine", "q35")
                .containsEntry("accelerator", "tcg")
                .containsKeys("vmm_version", "console_path", "log_path");
    }

    @Test
    void aHungQemuHoldsUpNobodyForLongAndCanBeEnded() throws Exception {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = launch(vm)) {
            vmm.boot();
            signal("STOP", vmm.pid().orElseThrow());
            long start = System.nanoTime();
            assertThatThrownBy(vmm::observe)
                    .isInstanceOfSatisfying(
                            VmException.class,
                            e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class));
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(5));
            signal("CONT", vmm.pid().orElseThrow());
            Await.until("it answers again", () -> vmm.observe() instanceof Observation.Running);

            signal("STOP", vmm.pid().orElseThrow());
            vmm.stop();
            assertThat(bench.lives(vm)).isFalse();
        }
    }

    @Test
    void aHungQemuIsAdoptedAtOnceAndUsedWhenItAnswers() throws Exception {
        LaunchPlan vm = bench.newVm();
        Vmm before = launch(vm);
        before.boot();
        long pid = before.pid().orElseThrow();
        signal("STOP", pid);
        before.close();
        bench.restartDaemon();
        long start = System.nanoTime();
        Adoption adoption = bench.hypervisor().adopt(vm, () -> {});
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        signal("CONT", pid);
        try (Vmm vmm = ((Adoption.Living) adoption).vmm()) {
            Await.until("it answers", () -> vmm.observe() instanceof Observation.Running);
        }
    }

    @Test
    void aSignalFromOutsideIsToldAsTheReason() {
        LaunchPlan vm = bench.newVm();
        AtomicInteger changes = new AtomicInteger();
        try (Vmm vmm = bench.hypervisor().launch(vm, changes::incrementAndGet)) {
            vmm.boot();
            VmmProcess process = bench.host().find(vm.shortId()).orElseThrow();
            process.terminate();
            assertThat(process.awaitExit(Duration.ofSeconds(10))).isTrue();
            assertThat(vmm.observe())
                    .isEqualTo(new Observation.Gone("QEMU was ended by a signal, exit code 0"));
        }
    }

    @Test
    void aKilledQemuIsACrash() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = launch(vm)) {
            vmm.boot();
            bench.crash(vm);
            Await.until("it is gone", () -> vmm.observe() instanceof Observation.Gone);
            assertThat(((Observation.Gone) vmm.observe()).reason())
                    .startsWith("QEMU ended without a word of shutdown, killed by signal 9");
        }
    }

    @Test
    void tapTrafficCountsFromBootAndOverRestarts() throws IOException {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "no tap devices here");
        LaunchPlan vm = Vms.of(bench.guest()).nic(new Nic("", "", "", "", Map.of())).plan();
        String tap = TapDevices.names(vm).getFirst();
        try (Vmm vmm = launch(vm)) {
            Path flags = Path.of("/sys/class/net", tap, "flags");
            assertThat(Integer.decode(Files.readString(flags).strip()) & 1).isEqualTo(1);
            vmm.boot();
            assertThat(LaunchNote.load(note(vm)).orElseThrow().baseline()).containsKey(tap);
            assertThat(vmm.sample().network().bytesTransmitted()).isZero();
        }
        bench.restartDaemon();
        try (Vmm vmm = ((Adoption.Living) bench.hypervisor().adopt(vm, () -> {})).vmm()) {
            assertThat(vmm.sample().network().bytesReceived()).isNotNegative();
            vmm.stop();
        }
        assertThat(Path.of("/sys/class/net", tap)).doesNotExist();
    }

    @Test
    void theLogIsOfThisLaunchAndTheOneBeforeIsKept() {
        LaunchPlan vm = bench.newVm();
        try (Vmm vmm = launch(vm)) {
            bench.host().find(vm.shortId()).orElseThrow().terminate();
            Await.until("it is gone", () -> !bench.lives(vm));
            vmm.stop();
        }
        try (Vmm vmm = launch(vm)) {
            Path run = bench.host().runDirectory(vm.shortId());
            assertThat(run.resolve("qemu.log")).isEmptyFile();
            assertThat(run.resolve("qemu.log.before")).isNotEmptyFile();
            assertThat(vmm.pid()).isPresent();
        }
    }

    @Test
    void healthNamesWhatIsMissing() throws IOException {
        Path none = directory.resolve("qemu");
        assertThat(health(Optional.of(none), ""))
                .isInstanceOfSatisfying(
                        BackendHealth.Unhealthy.class,
                        health -> assertThat(health.reason()).contains("UNKEY_VMCP_QEMU_BINARY"));
        assertThat(health(Optional.empty(), directory.toString()))
                .isInstanceOfSatisfying(
                        BackendHealth.Unhealthy.class,
                        health ->
                                assertThat(health.reason())
                                        .contains("qemu-system-x86", "UNKEY_VMCP_QEMU_BINARY"));
    }

    private static BackendHealth health(Optional<Path> named, String searchPath) {
        try {
            var binary = new QemuBinary(new VmmBinary(QemuBinary.PROGRAM, named, searchPath));
            return new BackendHealth.Healthy(binary.find().version());
        } catch (VmException e) {
            return new BackendHealth.Unhealthy(e.failure().message());
        }
    }

    private Vmm launch(LaunchPlan vm) {
        return bench.hypervisor().launch(vm, () -> {});
    }

    private Path note(LaunchPlan vm) {
        return bench.host().runDirectory(vm.shortId()).resolve("qemu.note");
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
        assertThat(kill.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }
}
