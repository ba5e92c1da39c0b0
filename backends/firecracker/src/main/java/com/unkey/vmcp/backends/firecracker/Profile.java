package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Declaration;
import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.BackendProfile.Field;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import java.util.function.Consumer;

/** What Firecracker tells of itself, by the code that refuses all else. */
final class Profile {

    private Profile() {}

    /**
     * Of new VMs.
     *
     * @param attached whether they go into a process that somebody else started
     */
    static BackendProfile of(boolean attached) {
        Declaration declaration = new Declaration();
        if (attached) {
            declaration.limit("max_vms", 1, "", "the Firecracker at the endpoint starts one, once");
        }
        limits(declaration);
        fields(declaration);
        options(declaration, attached ? AttachedLimits::bootOptions : BootOptions::read);
        return declaration.profile();
    }

    private static void limits(Declaration declaration) {
        declaration
                .limit("max_vcpus", SpecLimits.MAX_VCPUS, "cpu.vcpu_count", "")
                .limit(
                        "max_threads_per_core",
                        SpecLimits.MAX_THREADS_PER_CORE,
                        "cpu.topology.threads_per_core",
                        "2 with an even vcpu_count only")
                .limit(
                        "memory_hotplug_step_bytes",
                        SpecLimits.HOTPLUG_STEP_BYTES,
                        "memory.max_size_bytes",
                        "what is above size_bytes is a multiple of it")
                .limit(
                        "max_kernel_args_bytes",
                        BootArguments.MAX_BYTES,
                        "boot.kernel_args",
                        "with what is added to them")
                .limit(
                        "max_devices",
                        SpecLimits.MAX_DEVICES,
                        "",
                        "disks, network interfaces and memory hotplug together");
    }

    private static void fields(Declaration declaration) {
        declaration
                .field(SpecField.CPU_MAX_VCPU_COUNT, Field.ignored("vCPUs cannot be added"))
                .honoured(
                        SpecField.CPU_TOPOLOGY,
                        "threads_per_core; the rest is not told to the guest")
                .honoured(SpecField.MEMORY_SIZE_BYTES, "whole MiB, or whole huge pages")
                .honoured(
                        SpecField.MEMORY_MAX_SIZE_BYTES,
                        "room is kept for what is above size_bytes")
                .honoured(
                        SpecField.BOOT_KERNEL_PATH,
                        "ELF; the vmlinux of a bzImage is taken out of it once and kept")
                .kernelArguments(
                        BootArguments.DEFAULT,
                        "printable ASCII; `reboot=k` is added where there is no `reboot=`")
                .honoured(SpecField.STORAGE_PATH, "raw only")
                .virtio()
                .fileConsole(SpecLimits.CONSOLE_TYPES);
    }

    private static void options(Declaration declaration, Consumer<Options> boot) {
        declaration
                .options(OptionMap.CPU_FEATURES, CpuOptions::read)
                .options(OptionMap.MEMORY_BACKING, MemoryOptions::read)
                .options(OptionMap.BOOT_OPTIONS, boot)
                .options(OptionMap.STORAGE_OPTIONS, options -> DiskOptions.read(options, true))
                .options(OptionMap.NETWORK_OPTIONS, NicOptions::read);
    }
}
