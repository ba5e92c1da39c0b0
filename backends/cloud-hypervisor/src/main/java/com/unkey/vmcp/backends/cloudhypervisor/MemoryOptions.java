package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.MemoryBacking;
import com.unkey.vmcp.backends.adapter.Options;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code config.memory.backing} may ask for.
 *
 * @param hotplugMethod as Cloud Hypervisor spells it
 */
record MemoryOptions(
        MemoryBacking backing,
        Optional<Boolean> mergeable,
        Optional<Boolean> transparentHugepages,
        Optional<String> hotplugMethod) {

    private static final Map<String, Long> HUGEPAGES = Map.of("2M", 2L << 20, "1G", 1L << 30);
    private static final Map<String, String> METHODS =
            Map.of("acpi", "Acpi", "virtio-mem", "VirtioMem");

    static MemoryOptions read(Options options, boolean hotplug) {
        MemoryOptions read =
                new MemoryOptions(
                        MemoryBacking.read(options),
                        options.flag("mergeable"),
                        options.flag("thp"),
                        options.choice("hotplug_method", List.of("acpi", "virtio-mem"))
                                .map(METHODS::get));
        options.refuseIf(
                read.mergeable.orElse(false) && read.backing.shared(),
                "mergeable",
                "cannot be had with shared=on");
        options.refuseIf(
                read.hotplugMethod.isPresent() && !hotplug,
                "hotplug_method",
                "needs hotplug_enabled as well");
        return read;
    }

    /** Size of the huge pages, where one is named. */
    Optional<Long> hugepageBytes() {
        return backing.hugepageSize().map(HUGEPAGES::get);
    }

    void writeTo(ObjectNode memory) {
        memory.put("shared", backing.shared());
        memory.put("prefault", backing.prefault());
        memory.put("hugepages", backing.hugepages());
        hugepageBytes().ifPresent(bytes -> memory.put("hugepage_size", bytes.longValue()));
        mergeable.ifPresent(on -> memory.put("mergeable", on));
        transparentHugepages.ifPresent(on -> memory.put("thp", on));
        hotplugMethod.ifPresent(method -> memory.put("hotplug_method", method));
    }
}
