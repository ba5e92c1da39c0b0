package com.unkey.vmcp.backends.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.testkit.guest.LinuxImages;
import com.unkey.vmcp.testkit.host.Qcow2;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small Linux with a busybox initrd, on q35, whose boot under TCG can be relied on. */
class LinuxGuestTest {

    private static final Duration BOOT_LIMIT = Duration.ofSeconds(60);
    private static final String ARGUMENTS = "console=ttyS0 reboot=t panic=-1";

    @TempDir private Path directory;

    private LinuxImages images;
    private QemuBench bench;

    @BeforeEach
    void open() throws Exception {
        images = LinuxImages.find();
        bench = new QemuBench(directory, Machine.Q35);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void bootsRebootsAndPowersItselfOff() {
        LaunchPlan vm = linux("").cpu(new Cpu(2, 2, Optional.empty(), Map.of())).plan();
        try (Vmm vmm = booted(vm)) {
            assertThat(bench.console(vm)).contains("2 cpus");
            vmm.reset();
            Await.until("it is up again", BOOT_LIMIT, () -> ups(vm) == 2);
            vmm.pressPowerButton();
            Await.until("it powers off", () -> vmm.observe() instanceof Observation.PoweredOff);
            assertThat(vmm.observe())
                    .isEqualTo(new Observation.PoweredOff("the guest powered off"));
        }
    }

    @Test
    void disksAreWhatTheyWereSaidToBe() throws IOException {
        Path root = Files.write(directory.resolve("root.img"), new byte[1 << 20]);
        Path image = Qcow2.create(directory.resolve("data.qcow2"), 3 << 20);
        Path fixed = Files.write(directory.resolve("fixed.img"), new byte[2 << 20]);
        LaunchPlan vm =
                linux(" vmcp.write=vdb vmcp.write=vdc vmcp.read=vda")
                        .disk(image, DiskFormat.QCOW2, false, false)
                        .disk(root, DiskFormat.RAW, false, true)
                        .disk(fixed, DiskFormat.RAW, true, false)
                        .plan();
        try (Vmm vmm = booted(vm)) {
            awaitConsole(vm, "read vda md5 b6d81b360a5672d80c27430f39153e2c");
            assertThat(bench.console(vm))
                    .contains("root=/dev/vda rw")
                    .contains("disk vda 1048576", "disk vdb 3145728", "disk vdc 2097152")
                    .contains("wrote vdb 262144", "write to vdc failed");
            Sample.StorageCounters storage = vmm.sample().storage();
            assertThat(storage.bytesRead()).isGreaterThanOrEqualTo(1 << 20);
            assertThat(storage.bytesWritten()).isGreaterThanOrEqualTo(262_144);
            assertThat(storage.readOperations()).isPositive();
            assertThat(storage.writeOperations()).isPositive();
        }
        assertThat(Files.readAllBytes(fixed)).containsOnly(0);
    }

    @Test
    void networkTrafficIsCountedAsTheGuestSeesIt() {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/net/tun")), "no tap devices here");
        LaunchPlan vm =
                linux(" vmcp.net=eth0:192.0.2.2/24:192.0.2.1")
                        .nic(new Nic("", "02:00:00:00:00:01", "", "", Map.of()))
                        .plan();
        try (Vmm vmm = booted(vm)) {
            awaitConsole(vm, "ping 192.0.2.1 got no answer");
            Sample.NetworkCounters network = vmm.sample().network();
            assertThat(bench.console(vm)).contains("net eth0 02:00:00:00:00:01");
            assertThat(network.packetsTransmitted()).as("its questions for the peer").isPositive();
            assertThat(network.bytesTransmitted()).isGreaterThan(network.packetsTransmitted());
        }
    }

    private Vms linux(String words) {
        return Vms.of(images.kernel())
                .initrd(images.initrd())
                .kernelArgs(ARGUMENTS + words)
                .memory(new Memory(256 * Vms.MIB, false, 0, Map.of()));
    }

    private Vmm booted(LaunchPlan vm) {
        Vmm vmm = bench.hypervisor().launch(vm, () -> {});
        vmm.boot();
        Await.until("the guest is up", BOOT_LIMIT, () -> ups(vm) == 1);
        return vmm;
    }

    private long ups(LaunchPlan vm) {
        return bench.console(vm).lines().filter(line -> line.contains("vmcp-guest: up,")).count();
    }

    private void awaitConsole(LaunchPlan vm, String text) {
        Await.until(text, BOOT_LIMIT, () -> bench.console(vm).contains(text));
    }
}
