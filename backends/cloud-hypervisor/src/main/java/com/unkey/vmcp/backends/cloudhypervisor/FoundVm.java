package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A VM that somebody else made, told in our words as far as they go. What they do not reach (vsock,
 * file systems, passed-through devices) stays in the configuration that is kept beside it.
 */
final class FoundVm {

    private final JsonNode config;

    private FoundVm(JsonNode config) {
        this.config = config;
    }

    static VmDefinition define(JsonNode config) {
        return new FoundVm(config).definition();
    }

    private VmDefinition definition() {
        VmSpec spec =
                new VmSpec(
                        Optional.of(cpu(config.path("cpus"))),
                        Optional.of(memory(config.path("memory"))),
                        Optional.of(boot(config.path("payload"))),
                        new VmSpec.Devices(disks(), nics(), Optional.of(console())),
                        Map.of());
        return new VmDefinition(spec, files(spec));
    }

    private static VmSpec.Cpu cpu(JsonNode cpus) {
        Optional<VmSpec.Topology> topology =
                Optional.of(cpus.path("topology"))
                        .filter(JsonNode::isObject)
                        .map(
                                node ->
                                        new VmSpec.Topology(
                                                node.path("packages").asInt(1),
                                                node.path("cores_per_die").asInt(1)
                                                        * node.path("dies_per_package").asInt(1),
                                                node.path("threads_per_core").asInt(1)));
        return new VmSpec.Cpu(
                cpus.path("boot_vcpus").asInt(1),
                cpus.path("max_vcpus").asInt(1),
                topology,
                Map.of());
    }

    private static VmSpec.Memory memory(JsonNode memory) {
        long size = memory.path("size").asLong(0);
        long hotplug = memory.path("hotplug_size").asLong(0);
        for (JsonNode zone : memory.path("zones")) {
            size += zone.path("size").asLong(0);
            hotplug += zone.path("hotplug_size").asLong(0);
        }
        return new VmSpec.Memory(size, hotplug > 0, hotplug > 0 ? size + hotplug : 0, Map.of());
    }

    private static VmSpec.Boot boot(JsonNode payload) {
        String firmware = payload.path("firmware").asString("");
        return new VmSpec.Boot(
                payload.path("kernel").asString(""),
                payload.path("initramfs").asString(""),
                payload.path("cmdline").asString(""),
                firmware.isEmpty() ? Map.of() : Map.of("firmware", firmware));
    }

    private List<VmSpec.Disk> disks() {
        List<VmSpec.Disk> disks = new ArrayList<>();
        for (JsonNode disk : config.path("disks")) {
            disks.add(
                    new VmSpec.Disk(
                            disk.path("id").asString(""),
                            disk.path("path").asString(""),
                            disk.path("readonly").asBoolean(false),
                            false,
                            "",
                            Map.of()));
        }
        return disks;
    }

    private List<VmSpec.Nic> nics() {
        List<VmSpec.Nic> nics = new ArrayList<>();
        for (JsonNode nic : config.path("net")) {
            nics.add(
                    new VmSpec.Nic(
                            nic.path("id").asString(""),
                            nic.path("mac").asString(""),
                            nic.path("tap").asString(""),
                            "",
                            Map.of()));
        }
        return nics;
    }

    /** What becomes of its output is its maker's affair; only where it goes is told. */
    private VmSpec.Console console() {
        JsonNode serial = config.path("serial");
        String mode = serial.path("mode").asString("Null");
        boolean on = !mode.equals("Off") && !mode.equals("Null");
        String type =
                switch (mode) {
                    case "File" -> "file";
                    case "Pty" -> "pty";
                    case "Socket" -> "socket";
                    default -> "";
                };
        return new VmSpec.Console(on, "", "", type);
    }

    private GuestFiles files(VmSpec spec) {
        JsonNode payload = config.path("payload");
        String booted = payload.path("firmware").asString(payload.path("kernel").asString(""));
        List<DiskFile> disks = new ArrayList<>();
        for (JsonNode disk : config.path("disks")) {
            boolean qcow2 = disk.path("image_type").asString("").equals("Qcow2");
            disks.add(
                    new DiskFile(
                            Path.of(disk.path("path").asString("")),
                            qcow2 ? DiskFormat.QCOW2 : DiskFormat.RAW));
        }
        Optional<Path> initrd =
                spec.boot()
                        .map(VmSpec.Boot::initrdPath)
                        .filter(path -> !path.isEmpty())
                        .map(Path::of);
        return new GuestFiles(Path.of(booted), initrd, disks, Optional.empty());
    }
}
