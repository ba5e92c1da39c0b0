package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Devices;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Builds VMs for tests: one vCPU and 64 MiB, and whatever a test adds. */
final class Vms {

    static final long MIB = 1L << 20;

    private static final AtomicLong COUNT = new AtomicLong();

    private final long sequence = COUNT.incrementAndGet();
    private final Path kernel;
    private final List<Disk> disks = new ArrayList<>();
    private final List<DiskFile> diskFiles = new ArrayList<>();
    private final List<Nic> nics = new ArrayList<>();
    private Optional<Path> initrd = Optional.empty();
    private String kernelArgs = "";
    private Map<String, String> bootOptions = Map.of();
    private Cpu cpu = new Cpu(1, 0, Optional.empty(), Map.of());
    private Memory memory = new Memory(64 * MIB, false, 0, Map.of());
    private Optional<Console> console = Optional.empty();
    private Optional<Path> consoleOutput = Optional.empty();

    private Vms(Path kernel) {
        this.kernel = kernel;
    }

    static Vms of(Path kernel) {
        return new Vms(kernel);
    }

    Vms initrd(Path file) {
        initrd = Optional.of(file);
        return this;
    }

    Vms kernelArgs(String text) {
        kernelArgs = text;
        return this;
    }

    Vms bootOptions(Map<String, String> options) {
        bootOptions = options;
        return this;
    }

    Vms cpu(Cpu other) {
        cpu = other;
        return this;
    }

    Vms memory(Memory other) {
        memory = other;
        return this;
    }

    Vms console(Console other, Optional<Path> output) {
        console = Optional.of(other);
        consoleOutput = output;
        return this;
    }

    Vms disk(Path path, DiskFormat format, boolean readOnly, boolean root) {
        return disk(path, format, new Disk("", path.toString(), readOnly, root, "", Map.of()));
    }

    Vms disk(Path path, DiskFormat format, Disk disk) {
        disks.add(disk);
        diskFiles.add(new DiskFile(path, format));
        return this;
    }

    Vms nic(Nic nic) {
        nics.add(nic);
        return this;
    }

    VmSpec spec() {
        return new VmSpec(
                Optional.of(cpu),
                Optional.of(memory),
                Optional.of(
                        new Boot(
                                kernel.toString(),
                                initrd.map(Path::toString).orElse(""),
                                kernelArgs,
                                bootOptions)),
                new Devices(disks, nics, console),
                Map.of());
    }

    LaunchPlan plan() {
        VmIdentity identity =
                new VmIdentity(
                        new VmId("vm-" + sequence),
                        new ShortId("s%09d".formatted(sequence)),
                        sequence,
                        QemuHypervisor.NAME,
                        Instant.EPOCH);
        GuestFiles files = new GuestFiles(kernel, initrd, diskFiles, consoleOutput);
        return new LaunchPlan(identity, new VmDefinition(spec(), files), 1);
    }
}
