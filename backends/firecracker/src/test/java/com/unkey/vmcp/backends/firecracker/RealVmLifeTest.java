package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.core.vm.VmSpec.Topology;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The real program; skipped where it is not installed. */
class RealVmLifeTest extends VmLifeContract {

    private static final Map<String, String> LIMITS =
            Map.of(
                    "bw_size", "10485760",
                    "bw_refill_time", "1000",
                    "ops_size", "500",
                    "ops_one_time_burst", "1000",
                    "ops_refill_time", "100");

    @Override
    FcBench openBench(Path root) throws IOException {
        return RealBench.open(root);
    }

    private void runs(Vms vm) {
        LaunchPlan plan = vm.plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            Await.until("the guest speaks", () -> bench().progress(plan) > 0);
            assertThat(vmm.sample().memoryBytes()).isPositive();
        }
    }

    /** Firecracker refuses every field that it does not know. */
    @Test
    void takesAllThatCanBeAskedForOfDisks() throws IOException {
        Map<String, String> all = new HashMap<>(LIMITS);
        all.put("format", "raw");
        all.put("io_engine", "Sync");
        all.put("cache_type", "Writeback");
        all.put("partuuid", "0eaa91a0-01");
        runs(
                Vms.of(bench().guest())
                        .cpu(new Cpu(2, 4, Optional.of(new Topology(1, 1, 2)), Map.of()))
                        .disk(disk("a.img"), DiskFormat.RAW, other("a", true))
                        .disk(
                                disk("b.img"),
                                DiskFormat.RAW,
                                new Disk("b", "/b", true, true, "virtio", all)));
    }

    private static Disk other(String id, boolean readOnly) {
        return new Disk(id, "/" + id, readOnly, false, "", Map.of("cache_type", "Unsafe"));
    }

    /** One more is refused before anything is started. */
    @Test
    void takesAsManyDevicesAsThereAreInterruptsFor() throws IOException {
        Vms vm =
                Vms.of(bench().guest())
                        .memory(new Memory(64 * Vms.MIB, true, 192 * Vms.MIB, Map.of()));
        Path image = disk("many.img");
        for (int i = 1; i < SpecLimits.MAX_DEVICES; i++) {
            vm.disk(image, DiskFormat.RAW, other("d" + i, true));
        }
        runs(vm);
    }

    @Test
    void theLongestCommandLineIsTaken() throws IOException {
        Path image = disk("root.img");
        String words = "reboot=k ";
        for (int more = 1; ; more++) {
            Vms vm =
                    Vms.of(bench().guest())
                            .disk(image, DiskFormat.RAW, true, true)
                            .kernelArgs(words + "x".repeat(more));
            if (!SpecLimits.check(vm.spec()).isEmpty()) {
                assertThat(more).isGreaterThan(1900);
                break;
            }
            if (more > 1950) {
                runs(vm);
            }
        }
    }

    @Test
    void makesATapAsItIsToldAndTakesItAway() throws IOException {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "no tap devices here");
        Map<String, String> all = new HashMap<>(LIMITS);
        all.put("mtu", "1400");
        Path tap = Path.of("/sys/class/net", "vmtestf" + ProcessHandle.current().pid());
        LaunchPlan plan =
                Vms.of(bench().guest())
                        .nic(
                                new Nic(
                                        "n-1",
                                        "02:00:00:00:00:02",
                                        tap.getFileName().toString(),
                                        "",
                                        all))
                        .plan();
        try (Vmm vmm = booted(plan)) {
            assertThat(tap).exists();
            assertThat(vmm.sample().network().bytesTransmitted()).isZero();
            LaunchPlan rival =
                    Vms.of(bench().guest())
                            .nic(plan.definition().spec().devices().nics().getFirst())
                            .plan();
            assertThatThrownBy(() -> launched(rival))
                    .hasMessageContaining("config.network[0]")
                    .hasMessageContaining("busy");
            vmm.stop();
        }
        assertThat(tap).doesNotExist();
    }

    @Test
    void hotplugMemoryIsKept() {
        runs(
                Vms.of(bench().guest())
                        .memory(new Memory(64 * Vms.MIB, true, 320 * Vms.MIB, Map.of())));
    }

    @Test
    void hugePagesThatTheHostHasNotGotAreRefusedAtBoot() throws IOException {
        Assumptions.assumeTrue(
                Files.readString(Path.of("/proc/sys/vm/nr_hugepages")).strip().equals("0"),
                "this host has huge pages");
        LaunchPlan plan =
                Vms.of(bench().guest())
                        .memory(
                                new Memory(
                                        64 * Vms.MIB,
                                        false,
                                        0,
                                        Map.of("hugepages", "on", "hugepage_size", "2M")))
                        .plan();
        try (Vmm vmm = launched(plan)) {
            assertThatThrownBy(vmm::boot).hasMessageContaining("InstanceStart");
            assertThat(vmm.observe()).isEqualTo(new Observation.Prepared());
        }
    }

    @Test
    void aGuestWithoutANoteIsBootedToo() throws IOException {
        runs(Vms.of(MiniGuest.tick().withoutNote().writeTo(directory())));
    }

    /** Asked at the moment at which its guest ends, it hangs one time out of twenty. */
    @Test
    void anEndIsSeenHoweverCloselyItIsWatched() {
        for (int i = 0; i < 10; i++) {
            LaunchPlan plan = bench().newVm();
            try (Vmm vmm = booted(plan)) {
                vmm.pressPowerButton();
                becomes(vmm, Observation.PoweredOff.class);
                vmm.reset();
                vmm.stop();
            }
        }
    }
}
