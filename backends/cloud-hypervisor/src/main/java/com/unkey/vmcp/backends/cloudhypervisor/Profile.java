package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.Refusals;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.BackendProfile.Field;
import com.unkey.vmcp.core.port.BackendProfile.Limit;
import com.unkey.vmcp.core.port.BackendProfile.Option;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import com.unkey.vmcp.core.vm.SpecRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What Cloud Hypervisor tells of itself, by the code that refuses all else. */
final class Profile {

    private static final Limit ONE_VM =
            new Limit("max_vms", 1, "", "the VMM at the endpoint has room for one");

    private Profile() {}

    /**
     * @param attached whether new VMs go into a VMM that somebody else started
     */
    static BackendProfile of(boolean attached) {
        return new BackendProfile(limits(attached), fields(), options());
    }

    private static List<Limit> limits(boolean attached) {
        List<Limit> limits = new ArrayList<>();
        if (attached) {
            limits.add(ONE_VM);
        }
        limits.add(
                new Limit(
                        "max_vcpus",
                        SpecRules.MAX_VCPUS,
                        "cpu.vcpu_count",
                        "the host's KVM may allow fewer"));
        limits.add(
                new Limit(
                        "max_threads_per_core",
                        SpecLimits.MAX_THREADS_PER_CORE,
                        "cpu.topology.threads_per_core",
                        ""));
        limits.add(
                new Limit(
                        "memory_hotplug_step_bytes",
                        SpecLimits.HOTPLUG_STEP_BYTES,
                        "memory.max_size_bytes",
                        "what is above size_bytes is a multiple of it"));
        limits.add(
                new Limit(
                        "max_kernel_args_characters",
                        SpecLimits.MAX_COMMAND_LINE,
                        "boot.kernel_args",
                        ""));
        return limits;
    }

    private static Map<SpecField, Field> fields() {
        return Map.ofEntries(
                honoured(SpecField.CPU_TOPOLOGY, "the product is the largest number of vCPUs"),
                honoured(
                        SpecField.MEMORY_SIZE_BYTES,
                        "a multiple of the huge page, if one is named"),
                honoured(
                        SpecField.MEMORY_MAX_SIZE_BYTES,
                        "room is kept for what is above size_bytes"),
                honoured(SpecField.BOOT_KERNEL_PATH, "ELF with a PVH note, or bzImage"),
                honoured(
                        SpecField.BOOT_KERNEL_ARGS,
                        "where empty: `%s`".formatted(GuestConfig.DEFAULT_ARGUMENTS)),
                honoured(SpecField.STORAGE_PATH, "raw, or qcow2 without a backing file"),
                honoured(
                        SpecField.STORAGE_IS_ROOT_DEVICE,
                        "first disk; `root=/dev/vda` is added where kernel_args has no `root=`"),
                Map.entry(SpecField.STORAGE_INTERFACE_TYPE, Field.oneOf(Refusals.VIRTIO_DISK, "")),
                honoured(
                        SpecField.NETWORK_TAP_DEVICE,
                        "opened where it is there, else made and gone with the VM"),
                Map.entry(SpecField.NETWORK_INTERFACE_TYPE, Field.oneOf(Refusals.VIRTIO_NIC, "")),
                honoured(SpecField.CONSOLE_ENABLED, "false: no serial port"),
                honoured(SpecField.CONSOLE_OUTPUT, "not with pty or socket"),
                Map.entry(SpecField.CONSOLE_INPUT, Field.refused("pty and socket take input")),
                Map.entry(
                        SpecField.CONSOLE_CONSOLE_TYPE,
                        Field.oneOf(ConsoleKind.NAMES, "pty and socket keep nothing")));
    }

    private static Map.Entry<SpecField, Field> honoured(SpecField field, String note) {
        return Map.entry(field, Field.honoured(note));
    }

    private static List<Option> options() {
        return Stream.of(
                        Options.understoodBy(OptionMap.CPU_FEATURES, CpuOptions::read),
                        Options.understoodBy(
                                OptionMap.MEMORY_BACKING,
                                options -> MemoryOptions.read(options, true)),
                        Options.understoodBy(OptionMap.BOOT_OPTIONS, SpecLimits::bootOptions),
                        Options.understoodBy(
                                OptionMap.STORAGE_OPTIONS, options -> DiskOptions.read(options, 1)),
                        Options.understoodBy(
                                OptionMap.NETWORK_OPTIONS, options -> NicOptions.read(options, 1)))
                .flatMap(List::stream)
                .toList();
    }
}
