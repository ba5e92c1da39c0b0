package com.unkey.vmcp.backends.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpecLimitsTest {

    private static final Path FILE = Path.of("/f");
    private static final Set<String> FLAGS = Set.of("aes", "avx2");

    @Test
    void anOrdinaryVmIsHonouredWhole() {
        Vms vm =
                Vms.of(FILE)
                        .disk(FILE, DiskFormat.QCOW2, true, true)
                        .nic(new Nic("", "", "tap0", "virtio-net", Map.of("mtu", "1500")))
                        .cpu(new Cpu(2, 4, Optional.of(new Topology(1, 2, 2)), Map.of("aes", "on")))
                        .memory(new Memory(Vms.MIB, true, 2 * Vms.MIB, Map.of("shared", "true")))
                        .console(new Console(true, "/tmp/x", "", "serial"), Optional.of(FILE));
        assertThat(fields(vm, Machine.Q35)).isEmpty();
    }

    @Test
    void microvmHasNoHotplugAndNoRoomForProcessors() {
        Vms vm =
                Vms.of(FILE)
                        .cpu(new Cpu(2, 4, Optional.of(new Topology(1, 2, 2)), Map.of()))
                        .memory(new Memory(Vms.MIB, true, 2 * Vms.MIB, Map.of()));
        assertThat(fields(vm, Machine.MICROVM))
                .containsExactly("config.cpu.topology", "config.memory.hotplug_enabled");
        assertThat(
                        fields(
                                Vms.of(FILE).cpu(new Cpu(1, 4, Optional.empty(), Map.of())),
                                Machine.MICROVM))
                .isEmpty();
    }

    @Test
    void everyOptionThatIsNotHonouredIsNamed() {
        Map<String, String> disk =
                Map.of("aio", "native", "direct", "maybe", "queue_size", "3", "bps", "1");
        Vms vm =
                Vms.of(FILE)
                        .cpu(
                                new Cpu(
                                        300,
                                        0,
                                        Optional.empty(),
                                        Map.of("avx512f", "on", "aes", "1", "a,b", "on")))
                        .memory(
                                new Memory(
                                        Vms.MIB,
                                        false,
                                        0,
                                        Map.of("hugepage_size", "2M", "thp", "on")))
                        .bootOptions(Map.of("firmware", "/x"))
                        .disk(FILE, DiskFormat.RAW, new Disk("d", "/f", false, false, "ide", disk))
                        .nic(new Nic("", "", "", "e1000", Map.of("mtu", "9", "rate", "1")))
                        .console(new Console(true, "", "/tmp/in", "pty"), Optional.empty());

        assertThat(fields(vm, Machine.Q35))
                .containsExactlyInAnyOrder(
                        "config.cpu.vcpu_count",
                        "config.cpu.features.a,b",
                        "config.cpu.features.aes",
                        "config.cpu.features.avx512f",
                        "config.memory.backing.hugepage_size",
                        "config.memory.backing.thp",
                        "config.boot.boot_options.firmware",
                        "config.storage[0].interface_type",
                        "config.storage[0].options.direct",
                        "config.storage[0].options.aio",
                        "config.storage[0].options.queue_size",
                        "config.storage[0].options.bps",
                        "config.network[0].interface_type",
                        "config.network[0].options.mtu",
                        "config.network[0].options.rate",
                        "config.console.console_type",
                        "config.console.input");
    }

    @Test
    void refusalsNameTheValueAndWhatIsAccepted() {
        Disk disk = new Disk("d", "/f", false, false, "", Map.of("aio", "fast"));
        assertThat(check(Vms.of(FILE).disk(FILE, DiskFormat.RAW, disk), Machine.Q35))
                .containsExactly(
                        new Violation(
                                "config.storage[0].options.aio",
                                "must be threads or native or io_uring, got \"fast\""));
    }

    @Test
    void machineTypesAreNamedWhereNoneIsMeant() {
        assertThat(Machine.parse("microvm")).isEqualTo(Machine.MICROVM);
        assertThatThrownBy(() -> Machine.parse("Q35"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be q35 or microvm, got \"Q35\"");
    }

    private static List<String> fields(Vms vm, Machine machine) {
        return check(vm, machine).stream().map(Violation::field).toList();
    }

    private static List<Violation> check(Vms vm, Machine machine) {
        return SpecLimits.check(vm.spec(), machine, FLAGS);
    }
}
