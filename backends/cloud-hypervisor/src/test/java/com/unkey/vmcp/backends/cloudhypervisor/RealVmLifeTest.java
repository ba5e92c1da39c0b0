package com.unkey.vmcp.backends.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

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
import com.unkey.vmcp.testkit.host.Qcow2;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The real program; skipped where it is not installed. */
class RealVmLifeTest extends VmLifeContract {

    @Override
    ChBench openBench(Path root) throws IOException {
        return RealBench.open(root);
    }

    @Override
    String terminals() {
        return "/dev/pts/";
    }

    private void runs(Vms vm) {
        LaunchPlan plan = vm.plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            Await.until("the guest speaks", () -> bench().progress(plan) > 0);
        }
    }

    /** Every field that we send is one that the program knows: it would boot all the same else. */
    @Test
    void takesAllThatCanBeAskedForOfDisks() throws IOException {
        Map<String, String> all =
                Map.of(
                        "num_queues", "2",
                        "queue_size", "256",
                        "serial", "disk-1",
                        "bw_size", "10485760",
                        "bw_refill_time", "1000",
                        "ops_size", "500",
                        "ops_one_time_burst", "1000",
                        "ops_refill_time", "100");
        Path image = disk("a.img");
        runs(
                Vms.of(bench().guest())
                        .cpu(new Cpu(2, 4, Optional.of(new Topology(1, 2, 2)), Map.of()))
                        .disk(image, DiskFormat.RAW, new Disk("a", "/a", false, true, "", all))
                        .disk(disk("b.img"), DiskFormat.RAW, other("b", true))
                        .disk(
                                Qcow2.create(directory().resolve("c.qcow2"), 1 << 20),
                                DiskFormat.QCOW2,
                                other("c", false)));
    }

    private static Disk other(String id, boolean readOnly) {
        return new Disk(id, "/" + id, readOnly, false, "", Map.of("num_queues", "1"));
    }

    @Test
    void makesATapAsItIsToldAndTakesItAway() throws IOException {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "no tap devices here");
        Map<String, String> all =
                Map.of(
                        "mtu", "1400",
                        "num_queues", "4",
                        "queue_size", "512",
                        "ip", "192.168.249.1",
                        "mask", "255.255.255.0",
                        "host_mac", "02:00:00:00:00:01",
                        "bw_size", "1000000",
                        "bw_refill_time", "100");
        Path tap = Path.of("/sys/class/net", "vmtest" + ProcessHandle.current().pid());
        LaunchPlan plan =
                Vms.of(bench().guest())
                        .cpu(new Cpu(2, 0, Optional.empty(), Map.of()))
                        .nic(
                                new Nic(
                                        "n",
                                        "02:00:00:00:00:02",
                                        tap.getFileName().toString(),
                                        "",
                                        all))
                        .plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(tap.resolve("mtu")).content().startsWith("1400");
            assertThat(tap.resolve("address")).content().startsWith("02:00:00:00:00:01");
            assertThat(vmm.sample().network().bytesTransmitted()).isZero();
            vmm.stop();
        }
        assertThat(tap).doesNotExist();
    }

    @Test
    void takesAllThatCanBeAskedForOfMemory() throws IOException {
        Path guest = MiniGuest.tick().writeTo(directory());
        for (String method : new String[] {"acpi", "virtio-mem"}) {
            Map<String, String> backing =
                    Map.of(
                            "hotplug_method",
                            method,
                            "shared",
                            "on",
                            "prefault",
                            "on",
                            "thp",
                            "off");
            runs(Vms.of(guest).memory(new Memory(64 * Vms.MIB, true, 320 * Vms.MIB, backing)));
        }
        runs(
                Vms.of(bench().guest())
                        .memory(new Memory(64 * Vms.MIB, false, 0, Map.of("mergeable", "on"))));
    }

    @Test
    void bootsFirmware() {
        runs(
                Vms.firmware(bench().guest())
                        .bootOptions(Map.of("firmware", bench().guest().toString())));
    }

    @Test
    void processorFeatures() {
        runs(
                Vms.of(bench().guest())
                        .cpu(
                                new Cpu(
                                        1,
                                        0,
                                        Optional.empty(),
                                        Map.of("nested", "off", "kvm_hyperv", "off"))));
    }

    /** It has rebooted by itself all the while, and the VMM never left. */
    @Test
    void aGuestThatResetsItselfRunsOn() throws IOException {
        Path guest =
                MiniGuest.line("once more\n", MiniGuest.Tail.RESET)
                        .writeTo(Files.createDirectory(directory().resolve("guests")));
        LaunchPlan plan = Vms.of(guest).plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            Await.until(
                    "the guest has reset itself",
                    () ->
                            new EventReader(bench().files(plan).events())
                                            .read().stream()
                                                    .filter(e -> e.name().equals("rebooted"))
                                                    .count()
                                    > 3);
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }
}
