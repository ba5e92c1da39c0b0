package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.OptionMaps;
import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.Refusals;
import com.unkey.vmcp.core.port.OptionValues;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import java.util.List;
import java.util.Optional;

/** Names everything in a spec that Cloud Hypervisor cannot be made to do. */
final class SpecLimits {

    /** The options of a spec, to be refused or heeded. */
    static final OptionMaps OPTIONS = new OptionMaps(CloudHypervisor.PROGRAM.title());

    /** Without this, guests would be given memory that can never be plugged. */
    static final long HOTPLUG_STEP_BYTES = 128L << 20;

    /** Request bodies above are refused; the rest of a body is some 4 KiB at the most. */
    static final int MAX_BODY_BYTES = 51_200;

    static final int MAX_THREADS_PER_CORE = 2;
    static final int MAX_COMMAND_LINE = 40_000;

    private final Refusals refused = new Refusals(CloudHypervisor.PROGRAM.title());
    private final int vcpus;

    private SpecLimits(VmSpec spec) {
        this.vcpus = spec.vcpuCount();
    }

    static List<Violation> check(VmSpec spec) {
        SpecLimits limits = new SpecLimits(spec);
        spec.cpu().ifPresent(limits::cpu);
        spec.memory().ifPresent(limits::memory);
        spec.boot().ifPresent(limits::boot);
        limits.disks(spec.devices().disks());
        limits.nics(spec.devices().nics());
        spec.devices().console().ifPresent(limits::console);
        return limits.refused.all();
    }

    private void cpu(Cpu cpu) {
        cpu.topology()
                .filter(topology -> topology.threadsPerCore() > MAX_THREADS_PER_CORE)
                .ifPresent(
                        topology ->
                                refused.add(
                                        "config.cpu.topology.threads_per_core",
                                        "can be at most %d, got %d"
                                                .formatted(
                                                        MAX_THREADS_PER_CORE,
                                                        topology.threadsPerCore())));
        Options features = OPTIONS.of(cpu);
        CpuOptions _ = CpuOptions.read(features);
        refused.addAll(features);
    }

    private void memory(Memory memory) {
        long hotplug = memory.maxSizeBytes() - memory.sizeBytes();
        if (memory.hotplug() && hotplug % HOTPLUG_STEP_BYTES != 0) {
            refused.add(
                    "config.memory.max_size_bytes",
                    "must be size_bytes plus a multiple of %d, got %d"
                            .formatted(HOTPLUG_STEP_BYTES, memory.maxSizeBytes()));
        }
        Options backing = OPTIONS.of(memory);
        MemoryOptions read = MemoryOptions.read(backing, memory.hotplug());
        refused.addAll(backing);
        read.hugepageBytes()
                .filter(page -> memory.sizeBytes() % page != 0)
                .ifPresent(
                        page ->
                                refused.add(
                                        "config.memory.size_bytes",
                                        "must be a multiple of the huge page's %d, got %d"
                                                .formatted(page, memory.sizeBytes())));
    }

    private void boot(VmSpec.Boot boot) {
        Options options = OPTIONS.of(boot);
        bootOptions(options);
        refused.addAll(options);
        if (boot.kernelArgs().length() > MAX_COMMAND_LINE) {
            refused.add(
                    "config.boot.kernel_args",
                    "can have at most %d characters, got %d"
                            .formatted(MAX_COMMAND_LINE, boot.kernelArgs().length()));
        }
    }

    /** Whether the file can be read is looked at where the kernel is. */
    static void bootOptions(Options options) {
        options.settledElsewhere("firmware", new OptionValues.Text("an absolute path"));
    }

    private void disks(List<Disk> disks) {
        for (int i = 0; i < disks.size(); i++) {
            Disk disk = disks.get(i);
            refused.oneOf(
                    Refusals.disk(i) + ".interface_type",
                    disk.interfaceType(),
                    Refusals.VIRTIO_DISK);
            Options options = OPTIONS.of(disk, i);
            DiskOptions _ = DiskOptions.read(options, vcpus);
            refused.addAll(options);
        }
    }

    private void nics(List<Nic> nics) {
        for (int i = 0; i < nics.size(); i++) {
            Nic nic = nics.get(i);
            refused.oneOf(
                    Refusals.nic(i) + ".interface_type", nic.interfaceType(), Refusals.VIRTIO_NIC);
            Options options = OPTIONS.of(nic, i);
            NicOptions _ = NicOptions.read(options, vcpus);
            refused.addAll(options);
        }
    }

    private void console(VmSpec.Console console) {
        String type = console.type();
        refused.oneOf("config.console.console_type", type, ConsoleKind.NAMES);
        Optional<ConsoleKind> kind = ConsoleKind.named(type);
        if (kind.isPresent() && kind.get() != ConsoleKind.FILE && !console.output().isEmpty()) {
            refused.add("config.console.output", "needs console_type file" + got(console.output()));
        }
        if (!console.input().isEmpty()) {
            refused.add(
                    "config.console.input",
                    "cannot be had; use pty or socket" + got(console.input()));
        }
    }

    private static String got(String value) {
        return ", got \"" + value + "\"";
    }
}
