package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.GuestDisks;
import com.unkey.vmcp.backends.adapter.KernelCommandLine;
import com.unkey.vmcp.backends.adapter.MemoryBacking;
import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.qemu.accel.Accelerator;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What QEMU is started with: a plain function of plan and settings. No client's text becomes a QEMU
 * id; devices are named {@code disk0}, {@code net0} by their place in the spec.
 *
 * <p>Options that QEMU parses have commas doubled, as its own escaping goes; {@code -kernel},
 * {@code -initrd} and {@code -append} take their text as it is.
 */
final class QemuCommandLine {

    private static final long MIB = 1L << 20;
    private static final int HOTPLUG_SLOTS = 8;
    private static final String SANDBOX =
            "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";
    private static final String ACTIONS = "reboot=reset,shutdown=pause,panic=pause";

    /**
     * For a client that gives none: the serial console, and a kernel that resets the machine by
     * triple fault, which every machine type has, also after a panic.
     */
    static final String KERNEL_ARGUMENTS = "console=ttyS0 reboot=t panic=-1";

    private final Setup setup;
    private final VmSpec spec;
    private final GuestFiles guestFiles;
    private final List<String> arguments = new ArrayList<>();

    /**
     * What the launch is made of.
     *
     * @param blockDevice tells block devices from files
     */
    record Setup(
            Path binary,
            Machine machine,
            Accelerator accelerator,
            RunFiles files,
            Predicate<Path> blockDevice) {}

    private QemuCommandLine(LaunchPlan plan, Setup setup) {
        this.setup = setup;
        this.spec = plan.definition().spec();
        this.guestFiles = plan.definition().files();
    }

    /** Program and arguments; the spec must be one that {@link SpecLimits} says nothing against. */
    static List<String> of(LaunchPlan plan, Setup setup) {
        QemuCommandLine line = new QemuCommandLine(plan, setup);
        line.process(plan);
        line.processors();
        line.memory();
        line.kernel();
        GuestDisks.order(line.spec.devices().disks()).forEach(line::disk);
        line.nics(TapDevices.names(plan));
        line.console();
        line.control();
        return List.copyOf(line.arguments);
    }

    private void process(LaunchPlan plan) {
        arguments.add(setup.binary().toString());
        add("-name", "guest=%s,process=vmm-%s".formatted(plan.identity().id(), plan.shortId()));
        arguments.addAll(List.of("-no-user-config", "-nodefaults", "-display", "none", "-S"));
    }

    private void processors() {
        add("-accel", setup.accelerator().accel());
        Options features =
                new Options(
                        QemuBinary.PROGRAM.title(),
                        "",
                        spec.cpu().map(Cpu::features).orElseThrow());
        // The names were held against what QEMU knows before; here they only need their shape.
        CpuFeatures wanted = CpuFeatures.read(features, Set.of());
        add("-cpu", setup.accelerator().cpuModel() + wanted.suffix());
        add("-smp", spec.cpu().map(this::smp).orElseThrow());
    }

    /** The machine type microvm can plug no processors, so their greatest number is moot there. */
    private String smp(Cpu cpu) {
        boolean growing = setup.machine() == Machine.Q35 && cpu.limit() > cpu.count();
        String count = cpu.count() + (growing ? ",maxcpus=" + cpu.limit() : "");
        return cpu.topology()
                .map(
                        shape ->
                                "%s,sockets=%d,cores=%d,threads=%d"
                                        .formatted(
                                                count,
                                                shape.sockets(),
                                                shape.coresPerSocket(),
                                                shape.threadsPerCore()))
                .orElse(count);
    }

    private void memory() {
        Memory memory = spec.memory().orElseThrow();
        MemoryBacking backing =
                MemoryBacking.read(new Options(QemuBinary.PROGRAM.title(), "", memory.backing()));
        if (backing.ordinary()) {
            add("-M", setup.machine().argument());
        } else {
            add("-object", backend(memory.sizeBytes(), backing));
            add("-M", setup.machine().argument() + ",memory-backend=ram0");
        }
        boolean growing = memory.hotplug() && memory.maxSizeBytes() > memory.sizeBytes();
        String room =
                growing
                        ? ",slots=%d,maxmem=%s"
                                .formatted(HOTPLUG_SLOTS, size(memory.maxSizeBytes()))
                        : "";
        add("-m", size(memory.sizeBytes()) + room);
    }

    private static String backend(long bytes, MemoryBacking backing) {
        StringBuilder object = new StringBuilder("memory-backend-memfd,id=ram0,size=");
        object.append(size(bytes)).append(backing.shared() ? ",share=on" : ",share=off");
        if (backing.hugepages()) {
            object.append(",hugetlb=on");
            backing.hugepageSize().ifPresent(size -> object.append(",hugetlbsize=").append(size));
        }
        return object.append(backing.prefault() ? ",prealloc=on" : "").toString();
    }

    private static String size(long bytes) {
        return bytes % MIB == 0 ? bytes / MIB + "M" : bytes / 1024 + "K";
    }

    private void kernel() {
        add("-kernel", guestFiles.kernel().toString());
        guestFiles.initrd().ifPresent(initrd -> add("-initrd", initrd.toString()));
        add("-append", KernelCommandLine.of(spec, KERNEL_ARGUMENTS));
    }

    private void disk(int index) {
        GuestFiles.DiskFile file = guestFiles.disks().get(index);
        VmSpec.Disk disk = spec.devices().disks().get(index);
        DiskOptions options =
                DiskOptions.read(new Options(QemuBinary.PROGRAM.title(), "", disk.options()));
        StringBuilder node = new StringBuilder("driver=").append(file.format().label());
        node.append(",node-name=disk").append(index);
        node.append(",read-only=").append(disk.readOnly() ? "on" : "off");
        options.direct().ifPresent(on -> node.append(",cache.direct=").append(on ? "on" : "off"));
        node.append(",file.driver=");
        node.append(setup.blockDevice().test(file.path()) ? "host_device" : "file");
        node.append(",file.filename=").append(escaped(file.path()));
        options.direct()
                .ifPresent(on -> node.append(",file.cache.direct=").append(on ? "on" : "off"));
        options.aio().ifPresent(aio -> node.append(",file.aio=").append(aio));
        add("-blockdev", node.toString());

        StringBuilder device = new StringBuilder(setup.machine().virtio("blk"));
        device.append(",id=vdisk").append(index).append(",drive=disk").append(index);
        options.serial().ifPresent(serial -> device.append(",serial=").append(serial));
        options.queues().ifPresent(count -> device.append(",num-queues=").append(count));
        options.queueSize().ifPresent(size -> device.append(",queue-size=").append(size));
        add("-device", device.toString());
    }

    private void nics(List<String> taps) {
        for (int i = 0; i < taps.size(); i++) {
            VmSpec.Nic nic = spec.devices().nics().get(i);
            NicOptions options =
                    NicOptions.read(new Options(QemuBinary.PROGRAM.title(), "", nic.options()));
            add("-netdev", netdev(i, taps.get(i), options));
            add("-device", nic(i, nic, options));
        }
    }

    private static String netdev(int index, String tap, NicOptions options) {
        StringBuilder netdev = new StringBuilder("tap,id=net").append(index);
        netdev.append(",ifname=").append(tap).append(",script=no,downscript=no");
        options.queues().ifPresent(count -> netdev.append(",queues=").append(count));
        // With vhost=on alone QEMU goes on without it where the host has none.
        options.vhost()
                .ifPresent(on -> netdev.append(on ? ",vhost=on,vhostforce=on" : ",vhost=off"));
        return netdev.toString();
    }

    private String nic(int index, VmSpec.Nic nic, NicOptions options) {
        boolean pci = setup.machine() == Machine.Q35;
        StringBuilder device = new StringBuilder(setup.machine().virtio("net"));
        device.append(",id=vnet").append(index).append(",netdev=net").append(index);
        if (!nic.macAddress().isEmpty()) {
            device.append(",mac=").append(nic.macAddress());
        }
        options.mtu().ifPresent(mtu -> device.append(",host_mtu=").append(mtu));
        int queues = options.queues().orElse(1);
        if (queues > 1) {
            device.append(",mq=on").append(pci ? ",vectors=" + (2 * queues + 2) : "");
        }
        // No network boot, so no need for a package with ROMs.
        return device.append(pci ? ",romfile=" : "").toString();
    }

    private void console() {
        Optional<Path> file = setup.files().console();
        add(
                "-chardev",
                file.map(path -> "file,id=con0,path=" + escaped(path) + ",append=on")
                        .orElse("null,id=con0"));
        add("-serial", "chardev:con0");
    }

    private void control() {
        add("-qmp", "unix:" + escaped(setup.files().monitor()) + ",server=on,wait=off");
        add("-action", ACTIONS);
        add("-sandbox", SANDBOX);
    }

    private static String escaped(Path path) {
        return path.toString().replace(",", ",,");
    }

    private void add(String option, String value) {
        arguments.add(option);
        arguments.add(value);
    }
}
