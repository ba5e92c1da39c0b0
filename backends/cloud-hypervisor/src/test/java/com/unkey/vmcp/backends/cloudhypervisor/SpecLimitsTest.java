package com.unkey.vmcp.backends.cloudhypervisor;

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

/** Whatever cannot be honoured is refused by its name; nothing is dropped in silence. */
class SpecLimitsTest {

    private static final Path KERNEL = Path.of("/opt/kernels/vmlinux");

    private static List<String> fields(Vms vm) {
        return SpecLimits.check(vm.spec()).stream().map(Violation::field).toList();
    }

    private static Vms vm() {
        return Vms.of(KERNEL);
    }

    @Test
    void theGuidesVmIsTaken() {
        Vms vm =
                vm().cpu(new Cpu(2, 4, Optional.empty(), Map.of()))
                        .memory(new Memory(2048 * Vms.MIB, false, 0, Map.of()))
                        .kernelArgs("console=ttyS0 root=/dev/vda1")
                        .disk(Path.of("/var/lib/vms/vm.img"), DiskFormat.RAW, false, true);
        assertThat(SpecLimits.check(vm.spec())).isEmpty();
    }

    @Test
    void unknownOptionsAreNamed() {
        Vms vm =
                vm().cpu(new Cpu(1, 0, Optional.empty(), Map.of("avx", "on")))
                        .memory(new Memory(64 * Vms.MIB, false, 0, Map.of("numa", "on")))
                        .bootOptions(Map.of("bios", "/x"))
                        .disk(KERNEL, DiskFormat.RAW, disk(Map.of("aio", "native")))
                        .nic(nic(Map.of("vhost", "on")));
        assertThat(fields(vm))
                .containsExactly(
                        "config.cpu.features.avx",
                        "config.memory.backing.numa",
                        "config.boot.boot_options.bios",
                        "config.storage[0].options.aio",
                        "config.network[0].options.vhost");
    }

    @ParameterizedTest
    @CsvSource({
        "num_queues, 2",
        "num_queues, 0",
        "queue_size, 100",
        "queue_size, 65536",
        "serial, 'a b'",
        "direct, maybe",
        "bw_size, 0",
        "bw_size, 9223372036854775808",
        "bw_refill_time, 99"
    })
    void diskOptionsOutOfRangeAreNamed(String name, String value) {
        Vms vm = vm().disk(KERNEL, DiskFormat.RAW, disk(Map.of(name, value)));
        assertThat(SpecLimits.check(vm.spec()))
                .first()
                .satisfies(
                        found -> {
                            assertThat(found.field())
                                    .isEqualTo("config.storage[0].options." + name);
                            assertThat(found.message()).contains("\"" + value + "\"");
                        });
    }

    @ParameterizedTest
    @CsvSource({"bw_size", "bw_refill_time", "ops_one_time_burst"})
    void halfARateLimitIsNone(String name) {
        Vms vm = vm().nic(nic(Map.of(name, "1000")));
        assertThat(fields(vm)).containsExactly("config.network[0].options." + name);
    }

    @ParameterizedTest
    @CsvSource({
        "num_queues, 3",
        "num_queues, 4",
        "mtu, 67",
        "ip, 1.2.3.256",
        "ip, 1.2.3.4",
        "mask, 255.255.255.0",
        "host_mac, 01:00:00:00:00:00"
    })
    void nicOptionsOutOfRangeAreNamed(String name, String value) {
        assertThat(fields(vm().nic(nic(Map.of(name, value)))))
                .containsExactly("config.network[0].options." + name);
    }

    @Test
    void queuesGrowWithTheProcessors() {
        Vms vm =
                vm().cpu(new Cpu(4, 0, Optional.empty(), Map.of()))
                        .disk(KERNEL, DiskFormat.RAW, disk(Map.of("num_queues", "4")))
                        .nic(nic(Map.of("num_queues", "8")));
        assertThat(fields(vm)).isEmpty();
    }

    @Test
    void memoryThatCannotBePluggedIsRefused() {
        assertThat(fields(vm().memory(new Memory(64 * Vms.MIB, true, 100 * Vms.MIB, Map.of()))))
                .containsExactly("config.memory.max_size_bytes");
        assertThat(fields(vm().memory(new Memory(64 * Vms.MIB, true, 192 * Vms.MIB, Map.of()))))
                .isEmpty();
    }

    @Test
    void backingsThatContradictThemselvesAreRefused() {
        assertThat(fields(vm().memory(backed(Map.of("hugepage_size", "2M")))))
                .containsExactly("config.memory.backing.hugepage_size");
        assertThat(fields(vm().memory(backed(Map.of("shared", "on", "mergeable", "on")))))
                .containsExactly("config.memory.backing.mergeable");
        assertThat(fields(vm().memory(backed(Map.of("hotplug_method", "acpi")))))
                .containsExactly("config.memory.backing.hotplug_method");
        assertThat(fields(vm().memory(backed(Map.of("hugepages", "on", "hugepage_size", "1G")))))
                .containsExactly("config.memory.size_bytes");
    }

    private static Memory backed(Map<String, String> backing) {
        return new Memory(64 * Vms.MIB, false, 0, backing);
    }

    @Test
    void moreThanTwoThreadsInACoreAreRefused() {
        Vms vm = vm().cpu(new Cpu(4, 0, Optional.of(new Topology(1, 1, 4)), Map.of()));
        assertThat(fields(vm)).containsExactly("config.cpu.topology.threads_per_core");
    }

    @Test
    void devicesAreVirtio() {
        Vms vm =
                vm().disk(
                                KERNEL,
                                DiskFormat.RAW,
                                new Disk("", "/d", false, false, "nvme", Map.of()))
                        .nic(new Nic("n", "", "", "e1000", Map.of()));
        assertThat(fields(vm))
                .containsExactly(
                        "config.storage[0].interface_type", "config.network[0].interface_type");
    }

    @ParameterizedTest
    @CsvSource({
        "vga, '', '', config.console.console_type",
        "pty, /tmp/x, '', config.console.output",
        "socket, /tmp/x, '', config.console.output",
        "file, '', /dev/tty, config.console.input"
    })
    void consolesThatCannotBeHad(String type, String output, String input, String field) {
        Vms vm = vm().console(new Console(true, output, input, type), Optional.empty());
        assertThat(fields(vm)).containsExactly(field);
    }

    @Test
    void anArgumentListThatFillsARequestIsRefused() {
        assertThat(fields(vm().kernelArgs("x".repeat(60_000))))
                .containsExactly("config.boot.kernel_args");
    }

    private static Disk disk(Map<String, String> options) {
        return new Disk("d", KERNEL.toString(), false, false, "", options);
    }

    private static Nic nic(Map<String, String> options) {
        return new Nic("n", "02:00:00:00:00:02", "tap0", "", options);
    }
}
