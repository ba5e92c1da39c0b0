package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.MemoryBacking;
import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.Refusals;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.BackendProfile.Field;
import com.unkey.vmcp.core.port.BackendProfile.Limit;
import com.unkey.vmcp.core.port.BackendProfile.Option;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What QEMU tells of itself, by the code that refuses all else. */
final class Profile {

    private static final String NO_HOTPLUG = "machine type microvm has no hotplug";

    private Profile() {}

    static BackendProfile of(Machine machine) {
        Map<SpecField, Field> fields = new EnumMap<>(fields());
        if (machine == Machine.MICROVM) {
            fields.put(SpecField.CPU_MAX_VCPU_COUNT, Field.ignored(NO_HOTPLUG));
            fields.put(SpecField.MEMORY_HOTPLUG_ENABLED, Field.refused(NO_HOTPLUG));
            fields.put(SpecField.MEMORY_MAX_SIZE_BYTES, Field.ignored(NO_HOTPLUG));
        }
        return new BackendProfile(
                List.of(new Limit("max_vcpus", SpecLimits.MAX_VCPUS, "cpu.vcpu_count", "")),
                fields,
                options());
    }

    private static Map<SpecField, Field> fields() {
        return Map.ofEntries(
                honoured(SpecField.CPU_TOPOLOGY, "the product is the largest number of vCPUs"),
                honoured(SpecField.MEMORY_HOTPLUG_ENABLED, "machine type q35 only"),
                honoured(SpecField.BOOT_KERNEL_PATH, "ELF with a PVH note, or bzImage"),
                honoured(
                        SpecField.BOOT_KERNEL_ARGS,
                        "where empty: `%s`".formatted(QemuCommandLine.KERNEL_ARGUMENTS)),
                honoured(SpecField.STORAGE_PATH, "raw, or qcow2 without a backing file"),
                honoured(
                        SpecField.STORAGE_IS_ROOT_DEVICE,
                        "first disk; `root=/dev/vda` is added where kernel_args has no `root=`"),
                Map.entry(SpecField.STORAGE_INTERFACE_TYPE, Field.oneOf(Refusals.VIRTIO_DISK, "")),
                honoured(
                        SpecField.NETWORK_TAP_DEVICE,
                        "opened where it is there, else made and gone with the VM"),
                Map.entry(SpecField.NETWORK_INTERFACE_TYPE, Field.oneOf(Refusals.VIRTIO_NIC, "")),
                honoured(SpecField.CONSOLE_ENABLED, "false: nothing is kept"),
                Map.entry(SpecField.CONSOLE_INPUT, Field.refused("")),
                Map.entry(
                        SpecField.CONSOLE_CONSOLE_TYPE, Field.oneOf(SpecLimits.CONSOLE_TYPES, "")));
    }

    private static Map.Entry<SpecField, Field> honoured(SpecField field, String note) {
        return Map.entry(field, Field.honoured(note));
    }

    private static List<Option> options() {
        return Stream.of(
                        Options.understoodBy(
                                OptionMap.CPU_FEATURES,
                                options -> CpuFeatures.read(options, Set.of())),
                        Options.understoodBy(OptionMap.MEMORY_BACKING, MemoryBacking::read),
                        Options.understoodBy(OptionMap.STORAGE_OPTIONS, DiskOptions::read),
                        Options.understoodBy(OptionMap.NETWORK_OPTIONS, NicOptions::read))
                .flatMap(List::stream)
                .toList();
    }
}
