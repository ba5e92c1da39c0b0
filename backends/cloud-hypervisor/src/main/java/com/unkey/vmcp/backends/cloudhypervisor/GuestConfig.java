package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.GuestDisks;
import com.unkey.vmcp.backends.adapter.KernelCommandLine;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import java.util.List;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A VM as the body of {@code vm.create}. Nothing is left to a default that could surprise. */
final class GuestConfig {

    /** For a client that gives no arguments: a console, and a kernel that reboots after a panic. */
    static final String DEFAULT_ARGUMENTS = "console=ttyS0 panic=-1";

    private static final ObjectMapper JSON = JsonMapper.shared();

    private final VmSpec spec;
    private final GuestFiles host;
    private final RunFiles run;
    private final ObjectNode config = JSON.createObjectNode();

    private GuestConfig(LaunchPlan plan, RunFiles run) {
        this.spec = plan.definition().spec();
        this.host = plan.definition().files();
        this.run = run;
    }

    static ObjectNode of(LaunchPlan plan, RunFiles run) {
        return new GuestConfig(plan, run).build();
    }

    private ObjectNode build() {
        spec.cpu().ifPresent(this::cpus);
        spec.memory().ifPresent(this::memory);
        payload(config.putObject("payload"));
        disks();
        nics();
        serial(config.putObject("serial"));
        // Without this it is the VMM's own standard output.
        config.putObject("console").put("mode", ConsoleKind.OFF.mode());
        return config;
    }

    private void cpus(VmSpec.Cpu cpu) {
        ObjectNode cpus = config.putObject("cpus");
        cpus.put("boot_vcpus", cpu.count()).put("max_vcpus", cpu.limit());
        cpu.topology()
                .ifPresent(
                        topology ->
                                cpus.putObject("topology")
                                        .put("threads_per_core", topology.threadsPerCore())
                                        .put("cores_per_die", topology.coresPerSocket())
                                        .put("dies_per_package", 1)
                                        .put("packages", topology.sockets()));
        CpuOptions.read(SpecLimits.OPTIONS.of(cpu)).writeTo(cpus);
    }

    private void memory(VmSpec.Memory given) {
        ObjectNode memory = config.putObject("memory");
        memory.put("size", given.sizeBytes());
        long hotplug = given.maxSizeBytes() - given.sizeBytes();
        if (given.hotplug() && hotplug > 0) {
            memory.put("hotplug_size", hotplug);
        }
        MemoryOptions.read(SpecLimits.OPTIONS.of(given), given.hotplug()).writeTo(memory);
    }

    private void payload(ObjectNode payload) {
        if (spec.boot().flatMap(VmSpec.Boot::firmware).isPresent()) {
            payload.put("firmware", host.kernel().toString());
            return;
        }
        payload.put("kernel", host.kernel().toString());
        payload.put("cmdline", KernelCommandLine.of(spec, DEFAULT_ARGUMENTS));
        host.initrd().ifPresent(initrd -> payload.put("initramfs", initrd.toString()));
    }

    /** The root disk comes first: it is the guest's /dev/vda. */
    private void disks() {
        List<Disk> given = spec.devices().disks();
        if (given.isEmpty()) {
            return;
        }
        ArrayNode disks = config.putArray("disks");
        for (int i : GuestDisks.order(given)) {
            disk(disks.addObject(), given.get(i), i);
        }
    }

    /**
     * The image type is always named: an image that is only found to be raw cannot be written at
     * sector 0.
     */
    private void disk(ObjectNode node, Disk disk, int index) {
        DiskFile file = host.disks().get(index);
        node.put("id", disk.id());
        node.put("path", file.path().toString());
        node.put("readonly", disk.readOnly());
        node.put("image_type", file.format() == DiskFormat.RAW ? "Raw" : "Qcow2");
        DiskOptions.read(SpecLimits.OPTIONS.of(disk, index), spec.vcpuCount()).writeTo(node);
    }

    private void nics() {
        List<Nic> given = spec.devices().nics();
        if (given.isEmpty()) {
            return;
        }
        ArrayNode nics = config.putArray("net");
        for (int i = 0; i < given.size(); i++) {
            Nic nic = given.get(i);
            ObjectNode node = nics.addObject();
            node.put("id", nic.id()).put("mac", nic.macAddress()).put("tap", nic.tapDevice());
            NicOptions.read(SpecLimits.OPTIONS.of(nic, i), spec.vcpuCount()).writeTo(node);
        }
    }

    private void serial(ObjectNode serial) {
        ConsoleKind kind = ConsoleKind.of(spec);
        serial.put("mode", kind.mode());
        switch (kind) {
            case FILE -> run.console().ifPresent(file -> serial.put("file", file.toString()));
            case SOCKET -> serial.put("socket", run.consoleSocket().toString());
            case PTY, OFF -> {}
        }
    }
}
