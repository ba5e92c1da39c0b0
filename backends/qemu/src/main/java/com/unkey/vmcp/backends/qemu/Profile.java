package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.Declaration;
import com.unkey.vmcp.backends.adapter.MemoryBacking;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.BackendProfile.Field;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import java.util.Set;

/** What QEMU tells of itself, by the code that refuses all else. */
final class Profile {

    private static final String NO_HOTPLUG = "machine type microvm has no hotplug";

    private Profile() {}

    static BackendProfile of(Machine machine) {
        Declaration declaration =
                new Declaration().limit("max_vcpus", SpecLimits.MAX_VCPUS, "cpu.vcpu_count", "");
        fields(declaration);
        if (machine == Machine.MICROVM) {
            declaration
                    .field(SpecField.CPU_MAX_VCPU_COUNT, Field.ignored(NO_HOTPLUG))
                    .field(SpecField.MEMORY_HOTPLUG_ENABLED, Field.refused(NO_HOTPLUG))
                    .field(SpecField.MEMORY_MAX_SIZE_BYTES, Field.ignored(NO_HOTPLUG));
        }
        options(declaration);
        return declaration.profile();
    }

    private static void fields(Declaration declaration) {
        declaration
                .honoured(SpecField.CPU_TOPOLOGY, "the product is the largest number of vCPUs")
                .honoured(SpecField.MEMORY_HOTPLUG_ENABLED, "machine type q35 only")
                .honoured(SpecField.BOOT_KERNEL_PATH, "ELF with a PVH note, or bzImage")
                .kernelArguments(QemuCommandLine.KERNEL_ARGUMENTS, "")
                .honoured(SpecField.STORAGE_PATH, "raw, or qcow2 without a backing file")
                .virtio()
                .fileConsole(SpecLimits.CONSOLE_TYPES);
    }

    private static void options(Declaration declaration) {
        declaration
                .options(OptionMap.CPU_FEATURES, options -> CpuFeatures.read(options, Set.of()))
                .options(OptionMap.MEMORY_BACKING, MemoryBacking::read)
                .options(OptionMap.STORAGE_OPTIONS, DiskOptions::read)
                .options(OptionMap.NETWORK_OPTIONS, NicOptions::read);
    }
}
