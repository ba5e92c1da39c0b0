package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.core.vm.VmSpec.Topology;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecLimitsTest {

    private static final Path FILE = Path.of("/f");

    private static Vms vm() {
        return Vms.of(FILE);
    }

    private static List<String> refused(Vms vm) {
        return SpecLimits.check(vm.spec()).stream().map(Violation::field).toList();
    }

    private static Cpu cpu(int count, int max, int threads, Map<String, String> features) {
        return new Cpu(
                count, max, Optional.of(new Topology(1, count / threads, threads)), features);
    }

    private static Vms disk(boolean root, String type, Map<String, String> options) {
        return vm().disk(FILE, DiskFormat.RAW, new Disk("d", "/f", false, root, type, options));
    }

    private static Vms nic(String type, Map<String, String> options) {
        return vm().nic(new Nic("n", "02:00:00:00:00:01", "tap0", type, options));
    }

    @Test
    void whatIsUsualIsTaken() {
        assertThat(refused(vm())).isEmpty();
        assertThat(refused(disk(true, "virtio-blk", Map.of("format", "raw")))).isEmpty();
        assertThat(refused(nic("virtio-net", Map.of("mtu", "9000")))).isEmpty();
    }

    /** As users were promised. */
    @Test
    void moreVcpusThanAtBootAreIgnored() {
        assertThat(refused(vm().cpu(new Cpu(2, 64, Optional.empty(), Map.of())))).isEmpty();
    }

    @Test
    void vcpusHaveALimit() {
        assertThat(refused(vm().cpu(new Cpu(32, 0, Optional.empty(), Map.of())))).isEmpty();
        assertThat(refused(vm().cpu(new Cpu(33, 0, Optional.empty(), Map.of()))))
                .containsExactly("config.cpu.vcpu_count");
    }

    @Test
    void twoThreadsPerCoreNeedAnEvenNumberOfVcpus() {
        assertThat(refused(vm().cpu(cpu(4, 0, 2, Map.of())))).isEmpty();
        assertThat(refused(vm().cpu(cpu(1, 0, 2, Map.of())))).isEmpty();
        assertThat(refused(vm().cpu(cpu(3, 0, 2, Map.of()))))
                .containsExactly("config.cpu.vcpu_count");
        assertThat(refused(vm().cpu(cpu(4, 0, 4, Map.of()))))
                .containsExactly("config.cpu.topology.threads_per_core");
    }

    @Test
    void ofCpuFeaturesThereAreTemplatesOnly() {
        assertThat(refused(vm().cpu(cpu(1, 0, 1, Map.of("cpu_template", "T2CL"))))).isEmpty();
        assertThat(refused(vm().cpu(cpu(1, 0, 1, Map.of("cpu_template", "t2", "amx", "on")))))
                .containsExactlyInAnyOrder(
                        "config.cpu.features.cpu_template", "config.cpu.features.amx");
    }

    @Test
    void memoryIsWholeMebibytes() {
        assertThat(refused(vm().memory(new Memory(64 * Vms.MIB + 4096, false, 0, Map.of()))))
                .containsExactly("config.memory.size_bytes");
    }

    @Test
    void memoryOfHugePagesIsWholeHugePages() {
        Map<String, String> huge = Map.of("hugepages", "on", "hugepage_size", "2M");
        assertThat(refused(vm().memory(new Memory(64 * Vms.MIB, false, 0, huge)))).isEmpty();
        assertThat(refused(vm().memory(new Memory(65 * Vms.MIB, false, 0, huge))))
                .containsExactly("config.memory.size_bytes");
    }

    @ParameterizedTest
    @CsvSource({"hugepage_size, 1G", "hugepage_size, 2M", "shared, on", "prefault, on"})
    void otherBackingsOfMemoryAreRefused(String name, String value) {
        Memory memory = new Memory(64 * Vms.MIB, false, 0, Map.of(name, value));
        assertThat(refused(vm().memory(memory))).containsExactly("config.memory.backing." + name);
    }

    @Test
    void memoryIsPluggedInSlots() {
        assertThat(refused(vm().memory(new Memory(64 * Vms.MIB, true, 192 * Vms.MIB, Map.of()))))
                .isEmpty();
        assertThat(refused(vm().memory(new Memory(64 * Vms.MIB, true, 128 * Vms.MIB, Map.of()))))
                .containsExactly("config.memory.max_size_bytes");
    }

    @Test
    void ofBootOptionsThereIsWhatBecomesOfAReset() {
        assertThat(refused(vm().bootOptions(Map.of("on_guest_reset", "restart")))).isEmpty();
        assertThat(refused(vm().bootOptions(Map.of("on_guest_reset", "no", "firmware", "/fw"))))
                .containsExactlyInAnyOrder(
                        "config.boot.boot_options.on_guest_reset",
                        "config.boot.boot_options.firmware");
    }

    @Test
    void argumentsHaveALimitWithAllThatIsAddedToThem() {
        int most = BootArguments.MAX_BYTES - " pci=off".length() - " reboot=k".length();
        assertThat(refused(vm().kernelArgs("x".repeat(most)))).isEmpty();
        assertThat(refused(vm().kernelArgs("x".repeat(most + 1))))
                .containsExactly("config.boot.kernel_args");
        assertThat(refused(disk(false, "", Map.of()).kernelArgs("x".repeat(most))))
                .containsExactly("config.boot.kernel_args");
        assertThat(refused(vm().kernelArgs("é"))).containsExactly("config.boot.kernel_args");
    }

    @Test
    void disksAreVirtio() {
        assertThat(refused(disk(false, "scsi", Map.of())))
                .containsExactly("config.storage[0].interface_type");
    }

    @ParameterizedTest
    @CsvSource({
        "io_engine, async",
        "cache_type, none",
        "direct, on",
        "partuuid, ab-1",
        "bw_size, 10",
        "ops_one_time_burst, 10",
    })
    void optionsOfDisks(String name, String value) {
        assertThat(refused(disk(false, "", Map.of(name, value))))
                .containsExactly("config.storage[0].options." + name);
    }

    @Test
    void aPartitionIsTheRootDisksWhereTheClientNamesNoRoot() {
        Map<String, String> options = Map.of("partuuid", "ab-1");
        assertThat(refused(disk(true, "", options))).isEmpty();
        assertThat(refused(disk(true, "", options).kernelArgs("root=/dev/vda1")))
                .containsExactly("config.storage[0].options.partuuid");
    }

    @Test
    void interfacesAreVirtioAndHaveFewOptions() {
        assertThat(refused(nic("e1000", Map.of())))
                .containsExactly("config.network[0].interface_type");
        assertThat(refused(nic("", Map.of("mtu", "67"))))
                .containsExactly("config.network[0].options.mtu");
        assertThat(refused(nic("", Map.of("num_queues", "2"))))
                .containsExactly("config.network[0].options.num_queues");
    }

    @Test
    void devicesHaveALimit() {
        Vms vm = vm();
        for (int i = 0; i < SpecLimits.MAX_DEVICES; i++) {
            vm.nic(new Nic("n" + i, "", "tap" + i, "", Map.of()));
        }
        assertThat(refused(vm)).isEmpty();
        vm.disk(FILE, DiskFormat.RAW, true, false);
        assertThat(refused(vm)).containsExactly("config.network");
    }

    @ParameterizedTest
    @CsvSource({"pty", "socket", "vga"})
    void consolesAreFiles(String type) {
        assertThat(refused(vm().console(new Console(true, "", "", type), Optional.empty())))
                .containsExactly("config.console.console_type");
    }

    @Test
    void consolesTakeNoInput() {
        assertThat(refused(vm().console(new Console(true, "", "/i", "file"), Optional.empty())))
                .containsExactly("config.console.input");
    }
}
