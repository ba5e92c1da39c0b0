package com.unkey.vmcp.testkit.hypervisor;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.BackendName;
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
public final class Vms {

    public static final long MIB = 1L << 20;

    private static final BackendName BACKEND = new BackendName("tested");

    /** Control groups are the whole host's: two test runs at once must not have the same VMs. */
    private static final AtomicLong COUNT =
            new AtomicLong(ProcessHandle.current().pid() % 4_000_000 * 200);

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

    private boolean firmware;

    private Vms(Path kernel) {
        this.kernel = kernel;
    }

    public static Vms of(Path kernel) {
        return new Vms(kernel);
    }

    /** A VM that boots firmware; the option that says so is the test's to give. */
    public static Vms firmware(Path image) {
        Vms vm = new Vms(image);
        vm.firmware = true;
        return vm;
    }

    public Vms initrd(Path file) {
        initrd = Optional.of(file);
        return this;
    }

    public Vms kernelArgs(String text) {
        kernelArgs = text;
        return this;
    }

    public Vms bootOptions(Map<String, String> options) {
        bootOptions = options;
        return this;
    }

    public Vms cpu(Cpu other) {
        cpu = other;
        return this;
    }

    public Vms memory(Memory other) {
        memory = other;
        return this;
    }

    public Vms console(Console other, Optional<Path> output) {
        console = Optional.of(other);
        consoleOutput = output;
        return this;
    }

    public Vms disk(Path path, DiskFormat format, boolean readOnly, boolean root) {
        return disk(path, format, new Disk("", path.toString(), readOnly, root, "", Map.of()));
    }

    public Vms disk(Path path, DiskFormat format, Disk disk) {
        disks.add(disk);
        diskFiles.add(new DiskFile(path, format));
        return this;
    }

    public Vms nic(Nic nic) {
        nics.add(nic);
        return this;
    }

    public VmSpec spec() {
        return new VmSpec(
                Optional.of(cpu),
                Optional.of(memory),
                Optional.of(
                        new Boot(
                                firmware ? "" : kernel.toString(),
                                initrd.map(Path::toString).orElse(""),
                                kernelArgs,
                                bootOptions)),
                new Devices(disks, nics, console),
                Map.of());
    }

    public LaunchPlan plan() {
        VmIdentity identity =
                new VmIdentity(
                        new VmId("vm-" + sequence),
                        new ShortId("s%09d".formatted(sequence)),
                        sequence,
                        BACKEND,
                        Instant.EPOCH);
        GuestFiles files = new GuestFiles(kernel, initrd, diskFiles, consoleOutput);
        return new LaunchPlan(identity, new VmDefinition(spec(), files), 1);
    }
}
