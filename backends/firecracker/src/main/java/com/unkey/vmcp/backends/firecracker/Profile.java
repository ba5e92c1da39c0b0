package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.Refusals;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.BackendProfile.Field;
import com.unkey.vmcp.core.port.BackendProfile.Limit;
import com.unkey.vmcp.core.port.BackendProfile.Option;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What Firecracker tells of itself, by the code that refuses all else. */
final class Profile {

    private static final Limit ONE_VM =
            new Limit("max_vms", 1, "", "the Firecracker at the endpoint starts one, once");

    private Profile() {}

    /**
     * @param attached whether new VMs go into a process that somebody else started
     */
    static BackendProfile of(boolean attached) {
        return new BackendProfile(limits(attached), fields(), options());
    }

    private static List<Limit> limits(boolean attached) {
        return attached ? Stream.concat(Stream.of(ONE_VM), always().stream()).toList() : always();
    }

    private static List<Limit> always() {
        return List.of(
                new Limit("max_vcpus", SpecLimits.MAX_VCPUS, "cpu.vcpu_count", ""),
                new Limit(
                        "max_threads_per_core",
                        SpecLimits.MAX_THREADS_PER_CORE,
                        "cpu.topology.threads_per_core",
                        "2 with an even vcpu_count only"),
                new Limit(
                        "memory_hotplug_step_bytes",
                        SpecLimits.HOTPLUG_STEP_BYTES,
                        "memory.max_size_bytes",
                        "what is above size_bytes is a multiple of it"),
                new Limit(
                        "max_kernel_args_bytes",
                        BootArguments.MAX_BYTES,
                        "boot.kernel_args",
                        "with what is added to them"),
                new Limit(
                        "max_devices",
                        SpecLimits.MAX_DEVICES,
                        "",
                        "disks, network interfaces and memory hotplug together"));
    }

    private static Map<SpecField, Field> fields() {
        return Map.ofEntries(
                Map.entry(SpecField.CPU_MAX_VCPU_COUNT, Field.ignored("vCPUs cannot be added")),
                honoured(
                        SpecField.CPU_TOPOLOGY,
                        "threads_per_core; the rest is not told to the guest"),
                honoured(SpecField.MEMORY_SIZE_BYTES, "whole MiB, or whole huge pages"),
                honoured(
                        SpecField.MEMORY_MAX_SIZE_BYTES,
                        "room is kept for what is above size_bytes"),
                honoured(
                        SpecField.BOOT_KERNEL_PATH,
                        "ELF; the vmlinux of a bzImage is taken out of it once and kept"),
                honoured(
                        SpecField.BOOT_KERNEL_ARGS,
                        "printable ASCII; `reboot=k` is added where there is no `reboot=`; where empty: `%s`"
                                .formatted(BootArguments.DEFAULT)),
                honoured(SpecField.STORAGE_PATH, "raw only"),
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
                        Options.understoodBy(OptionMap.CPU_FEATURES, CpuOptions::read),
                        Options.understoodBy(OptionMap.MEMORY_BACKING, MemoryOptions::read),
                        Options.understoodBy(OptionMap.BOOT_OPTIONS, BootOptions::read),
                        Options.understoodBy(
                                OptionMap.STORAGE_OPTIONS,
                                options -> DiskOptions.read(options, true)),
                        Options.understoodBy(OptionMap.NETWORK_OPTIONS, NicOptions::read))
                .flatMap(List::stream)
                .toList();
    }
}
