package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.GuestDisks;
import com.unkey.vmcp.backends.adapter.Refusals;
import com.unkey.vmcp.backends.http.HttpRequest;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A VM as the calls that tell it to a Firecracker whose guest is not started yet. */
final class GuestConfig {

    private static final ObjectMapper JSON = JsonMapper.shared();

    private final VmSpec spec;
    private final GuestFiles files;
    private final DeviceIds ids;
    private final UnaryOperator<Path> inside;
    private final List<Setting> settings = new ArrayList<>();

    private GuestConfig(VmDefinition definition, UnaryOperator<Path> inside) {
        this.spec = definition.spec();
        this.files = definition.files();
        this.ids = DeviceIds.of(spec.devices());
        this.inside = inside;
    }

    /**
     * Tells a whole VM, in the order in which it is to be told.
     *
     * @param kernel what is booted, in a format that Firecracker loads
     * @param inside the name by which Firecracker knows a file
     */
    static List<Setting> of(VmDefinition definition, Path kernel, UnaryOperator<Path> inside) {
        return new GuestConfig(definition, inside).build(kernel);
    }

    private List<Setting> build(Path kernel) {
        machine();
        BootArguments arguments = BootArguments.of(spec);
        bootSource(kernel, arguments);
        disks(arguments);
        nics();
        spec.memory().ifPresent(this::hotplug);
        return List.copyOf(settings);
    }

    private void put(String path, ObjectNode body, String field) {
        settings.add(new Setting(HttpRequest.put(path, JSON.writeValueAsString(body)), field));
    }

    private void machine() {
        ObjectNode machine = JSON.createObjectNode();
        spec.cpu()
                .ifPresent(
                        cpu -> {
                            machine.put("vcpu_count", cpu.count());
                            machine.put("smt", SpecLimits.hyperthreaded(cpu));
                            CpuOptions.read(SpecLimits.OPTIONS.of(cpu))
                                    .template()
                                    .ifPresent(name -> machine.put("cpu_template", name));
                        });
        spec.memory()
                .ifPresent(
                        memory -> {
                            machine.put("mem_size_mib", memory.sizeBytes() / SpecLimits.MIB);
                            if (MemoryOptions.read(SpecLimits.OPTIONS.of(memory)).hugepages()) {
                                machine.put("huge_pages", MemoryOptions.HUGEPAGE);
                            }
                        });
        put("/machine-config", machine, "config.cpu and config.memory");
    }

    private void bootSource(Path kernel, BootArguments arguments) {
        ObjectNode source = JSON.createObjectNode();
        source.put("kernel_image_path", inside.apply(kernel).toString());
        files.initrd().ifPresent(file -> source.put("initrd_path", inside.apply(file).toString()));
        source.put("boot_args", arguments.text());
        put("/boot-source", source, "config.boot");
    }

    /** The root disk comes first: it is the guest's /dev/vda. */
    private void disks(BootArguments arguments) {
        List<Disk> disks = spec.devices().disks();
        for (int i : GuestDisks.order(disks)) {
            disk(disks.get(i), i, arguments);
        }
    }

    private void disk(Disk disk, int index, BootArguments arguments) {
        boolean marked = disk.root() && arguments.marked().isPresent();
        String id = ids.disks().get(index);
        ObjectNode drive = JSON.createObjectNode();
        drive.put("drive_id", id);
        drive.put("path_on_host", inside.apply(files.disks().get(index).path()).toString());
        drive.put("is_read_only", disk.readOnly());
        drive.put("is_root_device", marked);
        DiskOptions options = DiskOptions.read(SpecLimits.OPTIONS.of(disk, index), disk.root());
        options.partition().filter(_ -> marked).ifPresent(part -> drive.put("partuuid", part));
        options.writeTo(drive);
        put("/drives/" + id, drive, Refusals.disk(index));
    }

    private void nics() {
        List<Nic> nics = spec.devices().nics();
        for (int i = 0; i < nics.size(); i++) {
            Nic nic = nics.get(i);
            String id = ids.nics().get(i);
            ObjectNode device = JSON.createObjectNode();
            device.put("iface_id", id).put("host_dev_name", nic.tapDevice());
            if (!nic.macAddress().isEmpty()) {
                device.put("guest_mac", nic.macAddress());
            }
            NicOptions.read(SpecLimits.OPTIONS.of(nic, i)).writeTo(device);
            put("/network-interfaces/" + id, device, Refusals.nic(i));
        }
    }

    private void hotplug(VmSpec.Memory memory) {
        long bytes = SpecLimits.hotplugBytes(memory);
        if (bytes > 0) {
            ObjectNode hotplug = JSON.createObjectNode();
            hotplug.put("total_size_mib", bytes / SpecLimits.MIB);
            put("/hotplug/memory", hotplug, "config.memory.max_size_bytes");
        }
    }
}
