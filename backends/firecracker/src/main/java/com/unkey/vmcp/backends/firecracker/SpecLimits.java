package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.OptionMaps;
import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.Refusals;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import java.util.List;
import java.util.regex.Pattern;

/** Names everything in a spec that Firecracker cannot be made to do. */
final class SpecLimits {

    /** The options of a spec, to be refused or heeded. */
    static final OptionMaps OPTIONS = new OptionMaps(Firecracker.PROGRAM.title());

    static final int MAX_VCPUS = 32;
    static final long MIB = 1L << 20;

    /** Memory is plugged in slots of this size. */
    static final long HOTPLUG_STEP_BYTES = 128 * MIB;

    /** Interrupt lines that are left for devices: 19, less two for clock and generation id. */
    static final int MAX_DEVICES = 17;

    static final int MAX_THREADS_PER_CORE = 2;
    static final List<String> CONSOLE_TYPES = List.of("serial", "file");
    private static final Pattern PRINTABLE = Pattern.compile("[ -~\\s]*", Pattern.DOTALL);

    private final Refusals refused = new Refusals(Firecracker.PROGRAM.title());
    private final VmSpec spec;

    private SpecLimits(VmSpec spec) {
        this.spec = spec;
    }

    static List<Violation> check(VmSpec spec) {
        SpecLimits limits = new SpecLimits(spec);
        spec.cpu().ifPresent(limits::cpu);
        spec.memory().ifPresent(limits::memory);
        spec.boot().ifPresent(limits::boot);
        limits.disks(spec.devices().disks());
        limits.nics(spec.devices().nics());
        limits.devices();
        spec.devices().console().ifPresent(limits::console);
        return limits.refused.all();
    }

    /** Whether a core has two threads; other arrangements of vCPUs are not told to the guest. */
    static boolean hyperthreaded(Cpu cpu) {
        return cpu.topology()
                .map(topology -> topology.threadsPerCore() == MAX_THREADS_PER_CORE)
                .orElse(false);
    }

    private void cpu(Cpu cpu) {
        if (cpu.count() > MAX_VCPUS) {
            refused.add(
                    "config.cpu.vcpu_count",
                    "can be at most %d, got %d".formatted(MAX_VCPUS, cpu.count()));
        }
        cpu.topology().ifPresent(topology -> threads(cpu, topology.threadsPerCore()));
        Options features = OPTIONS.of(cpu);
        CpuOptions _ = CpuOptions.read(features);
        refused.addAll(features);
    }

    private void threads(Cpu cpu, int threads) {
        if (threads > MAX_THREADS_PER_CORE) {
            refused.add(
                    "config.cpu.topology.threads_per_core",
                    "can be at most %d, got %d".formatted(MAX_THREADS_PER_CORE, threads));
        }
        if (hyperthreaded(cpu) && cpu.count() > 1 && cpu.count() % 2 != 0) {
            refused.add(
                    "config.cpu.vcpu_count",
                    "must be even with two threads per core, got " + cpu.count());
        }
    }

    private void memory(Memory memory) {
        Options backing = OPTIONS.of(memory);
        MemoryOptions read = MemoryOptions.read(backing);
        long step = read.hugepages() ? MemoryOptions.HUGEPAGE_BYTES : MIB;
        if (memory.sizeBytes() % step != 0) {
            refused.add(
                    "config.memory.size_bytes",
                    "must be a multiple of %d, got %d".formatted(step, memory.sizeBytes()));
        }
        if (memory.hotplug() && hotplugBytes(memory) % HOTPLUG_STEP_BYTES != 0) {
            refused.add(
                    "config.memory.max_size_bytes",
                    "must be size_bytes plus a multiple of %d, got %d"
                            .formatted(HOTPLUG_STEP_BYTES, memory.maxSizeBytes()));
        }
        refused.addAll(backing);
    }

    /** What can be plugged in later; 0 where nothing can. */
    static long hotplugBytes(Memory memory) {
        return memory.hotplug() ? Math.max(0, memory.maxSizeBytes() - memory.sizeBytes()) : 0;
    }

    private void boot(Boot boot) {
        Options options = OPTIONS.of(boot);
        BootOptions _ = BootOptions.read(options);
        refused.addAll(options);
        if (!PRINTABLE.matcher(boot.kernelArgs()).matches()) {
            refused.add("config.boot.kernel_args", "can have printable ASCII only");
        }
        int bytes = BootArguments.of(spec).bytes(deviceCount());
        if (bytes > BootArguments.MAX_BYTES) {
            refused.add(
                    "config.boot.kernel_args",
                    "can be at most %d bytes with what Firecracker adds, got %d"
                            .formatted(BootArguments.MAX_BYTES, bytes));
        }
    }

    private void disks(List<Disk> disks) {
        for (int i = 0; i < disks.size(); i++) {
            Disk disk = disks.get(i);
            refused.oneOf(
                    Refusals.disk(i) + ".interface_type",
                    disk.interfaceType(),
                    Refusals.VIRTIO_DISK);
            Options options = OPTIONS.of(disk, i);
            DiskOptions _ =
                    DiskOptions.read(
                            options, disk.root() && BootArguments.mounted(spec).isPresent());
            refused.addAll(options);
        }
    }

    private void nics(List<Nic> nics) {
        for (int i = 0; i < nics.size(); i++) {
            Nic nic = nics.get(i);
            refused.oneOf(
                    Refusals.nic(i) + ".interface_type", nic.interfaceType(), Refusals.VIRTIO_NIC);
            Options options = OPTIONS.of(nic, i);
            NicOptions _ = NicOptions.read(options);
            refused.addAll(options);
        }
    }

    private void devices() {
        int count = deviceCount();
        if (count > MAX_DEVICES) {
            refused.add(
                    spec.devices().disks().size() > spec.devices().nics().size()
                            ? "config.storage"
                            : "config.network",
                    "disks, network interfaces and memory hotplug can be %d together, got %d"
                            .formatted(MAX_DEVICES, count));
        }
    }

    private int deviceCount() {
        int hotplug = spec.memory().filter(memory -> hotplugBytes(memory) > 0).isPresent() ? 1 : 0;
        return spec.devices().disks().size() + spec.devices().nics().size() + hotplug;
    }

    private void console(VmSpec.Console console) {
        refused.oneOf("config.console.console_type", console.type(), CONSOLE_TYPES);
        if (!console.input().isEmpty()) {
            refused.add("config.console.input", "cannot be had, got \"" + console.input() + "\"");
        }
    }
}
