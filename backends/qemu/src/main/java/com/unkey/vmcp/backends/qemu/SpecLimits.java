package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.MemoryBacking;
import com.unkey.vmcp.backends.adapter.OptionMaps;
import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.Refusals;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import java.util.List;
import java.util.Set;

/** Names everything in a spec that QEMU cannot be made to do here. */
final class SpecLimits {

    /** The options of a spec, to be refused or heeded. */
    static final OptionMaps OPTIONS = new OptionMaps(QemuBinary.PROGRAM.title());

    /** APIC ids above need an interrupt remapper, which neither machine has. */
    static final int MAX_VCPUS = 255;

    static final List<String> CONSOLE_TYPES = List.of("serial", "file");

    private final Machine machine;
    private final Set<String> cpuFlags;
    private final Refusals found = new Refusals(QemuBinary.PROGRAM.title());

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
        return limits.found.all();
    }

    private void cpu(Cpu cpu) {
        if (cpu.count() > MAX_VCPUS) {
            found.add("config.cpu.vcpu_count", tooMany(cpu.count()));
        } else if (machine == Machine.Q35 && cpu.limit() > MAX_VCPUS) {
            found.add("config.cpu.max_vcpu_count", tooMany(cpu.limit()));
        }
        if (machine == Machine.MICROVM
                && cpu.topology().isPresent()
                && cpu.limit() != cpu.count()) {
            found.add(
                    "config.cpu.topology",
                    "cannot be had with max_vcpu_count above vcpu_count on machine type microvm");
        }
        Options features = OPTIONS.of(cpu);
        CpuFeatures _ = CpuFeatures.read(features, cpuFlags);
        found.addAll(features);
    }

    private static String tooMany(int count) {
        return "QEMU has at most %d vCPUs here, got %d".formatted(MAX_VCPUS, count);
    }

    private void memory(Memory memory) {
        if (memory.hotplug() && machine == Machine.MICROVM) {
            found.add(
                    "config.memory.hotplug_enabled", "machine type microvm has no memory hotplug");
        }
        Options backing = OPTIONS.of(memory);
        MemoryBacking _ = MemoryBacking.read(backing);
        found.addAll(backing);
    }

    private void boot(VmSpec.Boot boot) {
        found.addAll(OPTIONS.of(boot));
    }

    private void disks(List<Disk> disks) {
        for (int i = 0; i < disks.size(); i++) {
            Disk disk = disks.get(i);
            found.oneOf(
                    Refusals.disk(i) + ".interface_type",
                    disk.interfaceType(),
                    Refusals.VIRTIO_DISK);
            Options options = OPTIONS.of(disk, i);
            DiskOptions _ = DiskOptions.read(options);
            found.addAll(options);
        }
    }

    private void nics(List<Nic> nics) {
        for (int i = 0; i < nics.size(); i++) {
            Nic nic = nics.get(i);
            found.oneOf(
                    Refusals.nic(i) + ".interface_type", nic.interfaceType(), Refusals.VIRTIO_NIC);
            Options options = OPTIONS.of(nic, i);
            NicOptions _ = NicOptions.read(options);
            found.addAll(options);
        }
    }

    private void console(VmSpec.Console console) {
        found.oneOf("config.console.console_type", console.type(), CONSOLE_TYPES);
        if (!console.input().isEmpty()) {
            found.add(
                    "config.console.input",
                    "the QEMU backend takes no console input, got \"" + console.input() + "\"");
        }
    }
}
