package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Declaration;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.BackendProfile.Field;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import com.unkey.vmcp.core.vm.SpecRules;

/** What Cloud Hypervisor tells of itself, by the code that refuses all else. */
final class Profile {

    private Profile() {}

    /**
     * @param attached whether new VMs go into a VMM that somebody else started
     */
    static BackendProfile of(boolean attached) {
        Declaration declaration = new Declaration();
        if (attached) {
            declaration.limit("max_vms", 1, "", "the VMM at the endpoint has room for one");
        }
        limits(declaration);
        fields(declaration);
        options(declaration);
        return declaration.profile();
    }

    private static void limits(Declaration declaration) {
        declaration
                .limit(
                        "max_vcpus",
                        SpecRules.MAX_VCPUS,
                        "cpu.vcpu_count",
                        "the host's KVM may allow fewer")
                .limit(
                        "max_threads_per_core",
                        SpecLimits.MAX_THREADS_PER_CORE,
                        "cpu.topology.threads_per_core",
                        "")
                .limit(
                        "memory_hotplug_step_bytes",
                        SpecLimits.HOTPLUG_STEP_BYTES,
                        "memory.max_size_bytes",
                        "what is above size_bytes is a multiple of it")
                .limit(
                        "max_kernel_args_characters",
                        SpecLimits.MAX_COMMAND_LINE,
                        "boot.kernel_args",
                        "");
    }

    private static void fields(Declaration declaration) {
        declaration
                .honoured(SpecField.CPU_TOPOLOGY, "the product is the largest number of vCPUs")
                .honoured(
                        SpecField.MEMORY_SIZE_BYTES, "a multiple of the huge page, if one is named")
                .honoured(
                        SpecField.MEMORY_MAX_SIZE_BYTES,
                        "room is kept for what is above size_bytes")
                .honoured(SpecField.BOOT_KERNEL_PATH, "ELF with a PVH note, or bzImage")
                .kernelArguments(GuestConfig.DEFAULT_ARGUMENTS, "")
                .honoured(SpecField.STORAGE_PATH, "raw, or qcow2 without a backing file")
                .virtio()
                .honoured(SpecField.CONSOLE_ENABLED, "false: no serial port")
                .honoured(SpecField.CONSOLE_OUTPUT, "not with pty or socket")
                .field(SpecField.CONSOLE_INPUT, Field.refused("pty and socket take input"))
                .field(
                        SpecField.CONSOLE_CONSOLE_TYPE,
                        Field.oneOf(ConsoleKind.NAMES, "pty and socket keep nothing"));
    }

    private static void options(Declaration declaration) {
        declaration
                .options(OptionMap.CPU_FEATURES, CpuOptions::read)
                .options(OptionMap.MEMORY_BACKING, options -> MemoryOptions.read(options, true))
                .options(OptionMap.BOOT_OPTIONS, SpecLimits::bootOptions)
                .options(OptionMap.STORAGE_OPTIONS, options -> DiskOptions.read(options, 1))
                .options(OptionMap.NETWORK_OPTIONS, options -> NicOptions.read(options, 1));
    }
}
