package com.unkey.vmcp.store;

import static com.unkey.vmcp.store.Json.flag;
import static com.unkey.vmcp.store.Json.integer;
import static com.unkey.vmcp.store.Json.list;
import static com.unkey.vmcp.store.Json.longInteger;
import static com.unkey.vmcp.store.Json.map;
import static com.unkey.vmcp.store.Json.object;
import static com.unkey.vmcp.store.Json.optional;
import static com.unkey.vmcp.store.Json.text;

import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmSpec.Boot;
import com.unkey.vmcp.core.vm.VmSpec.Console;
import com.unkey.vmcp.core.vm.VmSpec.Cpu;
import com.unkey.vmcp.core.vm.VmSpec.Devices;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.core.vm.VmSpec.Memory;
import com.unkey.vmcp.core.vm.VmSpec.Nic;
import com.unkey.vmcp.core.vm.VmSpec.Topology;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A {@link VmDefinition} as a document; each writer stands next to its reader. */
final class DefinitionDocument {

    private static final int VERSION = 1;

    private DefinitionDocument() {}

    static String write(VmDefinition definition) {
        return Json.write(
                Json.document(VERSION)
                        .set("spec", spec(definition.spec()))
                        .set("files", files(definition.files())));
    }

    static VmDefinition read(String text) {
        JsonNode document = Json.read(text, VERSION);
        return new VmDefinition(spec(document.required("spec")), files(document.required("files")));
    }

    private static ObjectNode spec(VmSpec spec) {
        ObjectNode node = object();
        spec.cpu().ifPresent(cpu -> node.set("cpu", cpu(cpu)));
        spec.memory().ifPresent(memory -> node.set("memory", memory(memory)));
        spec.boot().ifPresent(boot -> node.set("boot", boot(boot)));
        Devices devices = spec.devices();
        node.set("disks", list(devices.disks(), DefinitionDocument::disk));
        node.set("nics", list(devices.nics(), DefinitionDocument::nic));
        devices.console().ifPresent(console -> node.set("console", console(console)));
        return node.set("metadata", map(spec.metadata()));
    }

    private static VmSpec spec(JsonNode node) {
        Devices devices =
                new Devices(
                        list(node.path("disks"), DefinitionDocument::disk),
                        list(node.path("nics"), DefinitionDocument::nic),
                        optional(node, "console", DefinitionDocument::console));
        return new VmSpec(
                optional(node, "cpu", DefinitionDocument::cpu),
                optional(node, "memory", DefinitionDocument::memory),
                optional(node, "boot", DefinitionDocument::boot),
                devices,
                map(node.path("metadata")));
    }

    private static ObjectNode cpu(Cpu cpu) {
        ObjectNode node = object().put("count", cpu.count()).put("max_count", cpu.maxCount());
        cpu.topology().ifPresent(topology -> node.set("topology", topology(topology)));
        return node.set("features", map(cpu.features()));
    }

    private static Cpu cpu(JsonNode node) {
        return new Cpu(
                integer(node, "count"),
                integer(node, "max_count"),
                optional(node, "topology", DefinitionDocument::topology),
                map(node.path("features")));
    }

    private static ObjectNode topology(Topology topology) {
        return object().put("sockets", topology.sockets())
                .put("cores_per_socket", topology.coresPerSocket())
                .put("threads_per_core", topology.threadsPerCore());
    }

    private static Topology topology(JsonNode node) {
        return new Topology(
                integer(node, "sockets"),
                integer(node, "cores_per_socket"),
                integer(node, "threads_per_core"));
    }

    private static ObjectNode memory(Memory memory) {
        return object().put("size_bytes", memory.sizeBytes())
                .put("hotplug", memory.hotplug())
                .put("max_size_bytes", memory.maxSizeBytes())
                .set("backing", map(memory.backing()));
    }

    private static Memory memory(JsonNode node) {
        return new Memory(
                longInteger(node, "size_bytes"),
                flag(node, "hotplug"),
                longInteger(node, "max_size_bytes"),
                map(node.path("backing")));
    }

    private static ObjectNode boot(Boot boot) {
        return object().put("kernel_path", boot.kernelPath())
                .put("initrd_path", boot.initrdPath())
                .put("kernel_args", boot.kernelArgs())
                .set("options", map(boot.options()));
    }

    private static Boot boot(JsonNode node) {
        return new Boot(
                text(node, "kernel_path"),
                text(node, "initrd_path"),
                text(node, "kernel_args"),
                map(node.path("options")));
    }

    private static ObjectNode disk(Disk disk) {
        return object().put("id", disk.id())
                .put("path", disk.path())
                .put("read_only", disk.readOnly())
                .put("root", disk.root())
                .put("interface_type", disk.interfaceType())
                .set("options", map(disk.options()));
    }

    private static Disk disk(JsonNode node) {
        return new Disk(
                text(node, "id"),
                text(node, "path"),
                flag(node, "read_only"),
                flag(node, "root"),
                text(node, "interface_type"),
                map(node.path("options")));
    }

    private static ObjectNode nic(Nic nic) {
        return object().put("id", nic.id())
                .put("mac_address", nic.macAddress())
                .put("tap_device", nic.tapDevice())
                .put("interface_type", nic.interfaceType())
                .set("options", map(nic.options()));
    }

    private static Nic nic(JsonNode node) {
        return new Nic(
                text(node, "id"),
                text(node, "mac_address"),
                text(node, "tap_device"),
                text(node, "interface_type"),
                map(node.path("options")));
    }

    private static ObjectNode console(Console console) {
        return object().put("enabled", console.enabled())
                .put("output", console.output())
                .put("input", console.input())
                .put("type", console.type());
    }

    private static Console console(JsonNode node) {
        return new Console(
                flag(node, "enabled"),
                text(node, "output"),
                text(node, "input"),
                text(node, "type"));
    }

    private static ObjectNode files(GuestFiles files) {
        ObjectNode node = object().put("kernel", files.kernel().toString());
        files.initrd().ifPresent(initrd -> node.put("initrd", initrd.toString()));
        node.set("disks", list(files.disks(), DefinitionDocument::diskFile));
        files.consoleOutput().ifPresent(file -> node.put("console_output", file.toString()));
        return node;
    }

    private static GuestFiles files(JsonNode node) {
        return new GuestFiles(
                path(node.required("kernel")),
                optional(node, "initrd", DefinitionDocument::path),
                list(node.path("disks"), DefinitionDocument::diskFile),
                optional(node, "console_output", DefinitionDocument::path));
    }

    private static ObjectNode diskFile(DiskFile disk) {
        return object().put("path", disk.path().toString()).put("format", disk.format().name());
    }

    private static DiskFile diskFile(JsonNode node) {
        return new DiskFile(
                path(node.required("path")),
                DiskFormat.valueOf(node.required("format").stringValue()));
    }

    private static Path path(JsonNode node) {
        return Path.of(node.stringValue());
    }
}
