package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Names everything in a spec that QEMU cannot be made to do here. */
final class SpecLimits {

    /** APIC ids above need an interrupt remapper, which neither machine has. */
    static final int MAX_VCPUS = 255;

    private static final Set<String> DISK_TYPES = Set.of("", "virtio", "virtio-blk");
    private static final Set<String> NIC_TYPES = Set.of("", "virtio", "virtio-net");
    private static final Set<String> CONSOLE_TYPES = Set.of("", "serial", "file");

    private final Machine machine;
    private final Set<String> cpuFlags;
    private final List<Violation> found = new ArrayList<>();

    private SpecLimits(Machine machine, Set<String> cpuFlags) {
        this.machine = machine;
        this.cpuFlags = cpuFlags;
    }

    static List<Violation> check(VmSpec spec, Machine machine, Set<String> cpuFlags) {
        SpecLimits limits = new SpecLimits(machine, cpuFlags);
        spec.cpu().ifPresent(limits::cpu);
        spec.memory().ifPresent(limits::memory);
        spec.boot().ifPresent(limits::boot);
        limits.disks(spec.devices().disks());
        limits.nics(spec.devices().nics());
        spec.devices().console().ifPresent(limits::console);
        return List.copyOf(limits.found);
    }

    static String disk(int index) {
        return "config.storage[" + index + "]";
    }

    static String nic(int index) {
        return "config.network[" + index + "]";
    }

    private void cpu(Cpu cpu) {
        if (cpu.count() > MAX_VCPUS) {
            add("config.cpu.vcpu_count", tooMany(cpu.count()));
        } else if (machine == Machine.Q35 && cpu.limit() > MAX_VCPUS) {
            add("config.cpu.max_vcpu_count", tooMany(cpu.limit()));
        }
        if (machine == Machine.MICROVM
                && cpu.topology().isPresent()
                && cpu.limit() != cpu.count()) {
            add(
                    "config.cpu.topology",
                    "cannot be had with max_vcpu_count above vcpu_count on machine type microvm");
        }
        Options features = new Options("config.cpu.features", cpu.features());
        CpuFeatures _ = CpuFeatures.read(features, cpuFlags);
        found.addAll(features.violations());
    }

    private static String tooMany(int count) {
        return "QEMU has at most %d vCPUs here, got %d".formatted(MAX_VCPUS, count);
    }

    private void memory(Memory memory) {
        if (memory.hotplug() && machine == Machine.MICROVM) {
            add("config.memory.hotplug_enabled", "machine type microvm has no memory hotplug");
        }
        Options backing = new Options("config.memory.backing", memory.backing());
        MemoryBacking _ = MemoryBacking.read(backing);
        found.addAll(backing.violations());
    }

    private void boot(VmSpec.Boot boot) {
        found.addAll(new Options("config.boot.boot_options", boot.options()).violations());
    }

    private void disks(List<Disk> disks) {
        for (int i = 0; i < disks.size(); i++) {
            Disk disk = disks.get(i);
            oneOf(disk(i) + ".interface_type", disk.interfaceType(), DISK_TYPES, "virtio");
            Options options = new Options(disk(i) + ".options", disk.options());
            DiskOptions _ = DiskOptions.read(options);
            found.addAll(options.violations());
        }
    }

    private void nics(List<Nic> nics) {
        for (int i = 0; i < nics.size(); i++) {
            Nic nic = nics.get(i);
            oneOf(nic(i) + ".interface_type", nic.interfaceType(), NIC_TYPES, "virtio");
            Options options = new Options(nic(i) + ".options", nic.options());
            NicOptions _ = NicOptions.read(options);
            found.addAll(options.violations());
        }
    }

    private void console(VmSpec.Console console) {
        oneOf("config.console.console_type", console.type(), CONSOLE_TYPES, "serial or file");
        if (!console.input().isEmpty()) {
            add(
                    "config.console.input",
                    "the QEMU backend takes no console input, got \"" + console.input() + "\"");
        }
    }

    private void oneOf(String field, String value, Set<String> accepted, String told) {
        if (!accepted.contains(value)) {
            add(field, "the QEMU backend has %s only, got \"%s\"".formatted(told, value));
        }
    }

    private void add(String field, String message) {
        found.add(new Violation(field, message));
    }
}
