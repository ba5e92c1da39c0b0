package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A VM that somebody else made, told in our words as far as they go. What they do not reach (vsock,
 * balloon, metadata) stays in the configuration that is kept beside it. Where its console goes,
 * Firecracker does not tell.
 */
final class FoundVm {

    private static final Comparator<JsonNode> ROOT_FIRST =
            Comparator.comparing((JsonNode drive) -> !FullConfig.isRoot(drive))
                    .thenComparing(drive -> FullConfig.text(drive, "drive_id"));

    private final FullConfig config;

    private FoundVm(FullConfig config) {
        this.config = config;
    }

    /** The same configuration is always told the same, whatever the order of its devices. */
    static VmDefinition define(FullConfig config) {
        return new FoundVm(config).definition();
    }

    private VmDefinition definition() {
        VmSpec spec =
                new VmSpec(
                        Optional.of(cpu(config.machine())),
                        Optional.of(memory()),
                        Optional.of(boot(config.boot())),
                        new VmSpec.Devices(
                                drives().map(FoundVm::disk).toList(),
                                nics(),
                                Optional.of(new VmSpec.Console(false, "", "", ""))),
                        Map.of());
        return new VmDefinition(spec, files(spec));
    }

    private static VmSpec.Cpu cpu(JsonNode machine) {
        int count = machine.path("vcpu_count").asInt(1);
        Optional<VmSpec.Topology> topology =
                machine.path("smt").asBoolean(false) && count % 2 == 0
                        ? Optional.of(new VmSpec.Topology(1, count / 2, 2))
                        : Optional.empty();
        return new VmSpec.Cpu(count, count, topology, Map.of());
    }

    private VmSpec.Memory memory() {
        long size = config.machine().path("mem_size_mib").asLong(0) * SpecLimits.MIB;
        long hotplug = config.hotplugMib() * SpecLimits.MIB;
        return new VmSpec.Memory(size, hotplug > 0, hotplug > 0 ? size + hotplug : 0, Map.of());
    }

    private static VmSpec.Boot boot(JsonNode source) {
        return new VmSpec.Boot(
                FullConfig.text(source, "kernel_image_path"),
                FullConfig.text(source, "initrd_path"),
                FullConfig.text(source, "boot_args"),
                Map.of());
    }

    private Stream<JsonNode> drives() {
        return config.drives().stream().sorted(ROOT_FIRST);
    }

    private static VmSpec.Disk disk(JsonNode drive) {
        return new VmSpec.Disk(
                FullConfig.text(drive, "drive_id"),
                FullConfig.text(drive, "path_on_host"),
                drive.path("is_read_only").asBoolean(false),
                FullConfig.isRoot(drive),
                "",
                Map.of());
    }

    private List<VmSpec.Nic> nics() {
        return config.nics().stream()
                .sorted(Comparator.comparing(nic -> FullConfig.text(nic, "iface_id")))
                .map(FoundVm::nic)
                .toList();
    }

    private static VmSpec.Nic nic(JsonNode nic) {
        return new VmSpec.Nic(
                FullConfig.text(nic, "iface_id"),
                FullConfig.text(nic, "guest_mac"),
                FullConfig.text(nic, "host_dev_name"),
                "",
                Map.of());
    }

    private GuestFiles files(VmSpec spec) {
        List<DiskFile> disks =
                spec.devices().disks().stream()
                        .map(disk -> new DiskFile(Path.of(disk.path()), DiskFormat.RAW))
                        .toList();
        VmSpec.Boot boot = spec.boot().orElseThrow();
        Optional<Path> initrd =
                Optional.of(boot.initrdPath()).filter(path -> !path.isEmpty()).map(Path::of);
        return new GuestFiles(Path.of(boot.kernelPath()), initrd, disks, Optional.empty());
    }
}
