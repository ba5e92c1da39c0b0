package com.unkey.vmcp.daemon;

import com.unkey.vmcp.core.port.BackendProfile.Option;
import com.unkey.vmcp.core.port.OptionValues;
import com.unkey.vmcp.core.vm.OptionMap;
import com.unkey.vmcp.core.vm.SpecField;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Specs that differ in one thing from one that every backend can do. */
final class Samples {

    private static final long GIB = 1L << 30;

    /** What an option needs beside it. */
    private static final Map<String, Map<String, String>> COMPANIONS =
            Map.of(
                    "hugepage_size", Map.of("hugepages", "on"),
                    "aio", Map.of("direct", "on"),
                    "ip", Map.of("mask", "255.255.255.0"),
                    "mask", Map.of("ip", "192.168.1.1"),
                    "bw_size", Map.of("bw_refill_time", "100"),
                    "bw_refill_time", Map.of("bw_size", "1"),
                    "bw_one_time_burst", Map.of("bw_size", "1", "bw_refill_time", "100"),
                    "ops_size", Map.of("ops_refill_time", "100"),
                    "ops_refill_time", Map.of("ops_size", "1"),
                    "ops_one_time_burst", Map.of("ops_size", "1", "ops_refill_time", "100"));

    private static final Map<String, String> TEXTS =
            Map.of(
                    "serial", "disk-1",
                    "ip", "192.168.1.1",
                    "mask", "255.255.255.0",
                    "host_mac", "02:00:00:00:00:01",
                    "firmware", "/usr/share/firmware.fd",
                    "partuuid", "0a1b2c3d-01");

    private Samples() {}

    /** Values that the option must take; of a range the least, as more may ask for more. */
    static List<String> accepted(Option option) {
        return switch (option.values()) {
            case OptionValues.Flag _ -> List.of("on", "off", "true", "false");
            case OptionValues.Choice(List<String> accepted) -> accepted;
            case OptionValues.Range(long least, long _) -> List.of(Long.toString(least));
            case OptionValues.Text _ -> List.of(text(option.name()));
        };
    }

    private static String text(String name) {
        return Optional.ofNullable(TEXTS.get(name))
                .orElseThrow(() -> new AssertionError("this test needs a value for " + name));
    }

    /** Values that it must not take. */
    static List<String> refused(Option option) {
        return switch (option.values()) {
            case OptionValues.Flag _, OptionValues.Choice _ -> List.of("no-such-thing", "");
            case OptionValues.Range(long least, long most) ->
                    List.of(Long.toString(least - 1), Long.toString(most + 1), "many");
            case OptionValues.Text _ -> List.of("\n");
        };
    }

    /** Whether the backend judges the value, and not the daemon on its behalf. */
    static boolean settledHere(Option option) {
        return !List.of("format", "firmware").contains(option.name());
    }

    static VmSpec spec(Option option, String value) {
        Map<String, String> values =
                new HashMap<>(COMPANIONS.getOrDefault(option.name(), Map.of()));
        values.put(option.name(), value);
        return spec(Map.of(option.map(), values), Map.of());
    }

    static VmSpec spec(SpecField field, String value) {
        return spec(Map.of(), Map.of(field, value));
    }

    /** Whether a path that is refused is the field's, of whichever device. */
    static boolean isOf(String path, SpecField field) {
        return path.replaceAll("\\[[0-9]+]", "").equals("config." + field.path());
    }

    /** A value that is set, and that nothing is wrong with. */
    static String value(SpecField field) {
        return switch (field) {
            case CPU_VCPU_COUNT -> "1";
            case CPU_MAX_VCPU_COUNT, CPU_TOPOLOGY -> "2";
            case MEMORY_SIZE_BYTES -> Long.toString(GIB);
            case MEMORY_MAX_SIZE_BYTES -> Long.toString(2 * GIB);
            case MEMORY_HOTPLUG_ENABLED,
                    STORAGE_READ_ONLY,
                    STORAGE_IS_ROOT_DEVICE,
                    CONSOLE_ENABLED ->
                    "true";
            case BOOT_KERNEL_PATH, BOOT_INITRD_PATH, STORAGE_PATH, CONSOLE_OUTPUT, CONSOLE_INPUT ->
                    "/some/file";
            case BOOT_KERNEL_ARGS -> "quiet";
            case STORAGE_ID, NETWORK_ID -> "device-1";
            case NETWORK_MAC_ADDRESS -> "02:00:00:00:00:01";
            case NETWORK_TAP_DEVICE -> "tap0";
            case STORAGE_INTERFACE_TYPE, NETWORK_INTERFACE_TYPE -> "virtio";
            case CONSOLE_CONSOLE_TYPE -> "serial";
        };
    }

    static VmSpec vcpus(int count) {
        return spec(SpecField.CPU_VCPU_COUNT, Integer.toString(count));
    }

    private static VmSpec spec(
            Map<OptionMap, Map<String, String>> options, Map<SpecField, String> fields) {
        Given given = new Given(options, fields);
        return new VmSpec(
                Optional.of(given.cpu()),
                Optional.of(given.memory()),
                Optional.of(given.boot()),
                new VmSpec.Devices(
                        List.of(given.disk()), List.of(given.nic()), Optional.of(given.console())),
                Map.of());
    }

    /** What differs. */
    private record Given(
            Map<OptionMap, Map<String, String>> options, Map<SpecField, String> fields) {

        private Map<String, String> options(OptionMap map) {
            return options.getOrDefault(map, Map.of());
        }

        private String text(SpecField field) {
            return fields.getOrDefault(field, "");
        }

        private boolean flag(SpecField field) {
            return Boolean.parseBoolean(text(field));
        }

        private long number(SpecField field, long otherwise) {
            return Optional.ofNullable(fields.get(field)).map(Long::parseLong).orElse(otherwise);
        }

        private VmSpec.Cpu cpu() {
            int count = Math.toIntExact(number(SpecField.CPU_VCPU_COUNT, 2));
            Optional<VmSpec.Topology> topology =
                    Optional.ofNullable(fields.get(SpecField.CPU_TOPOLOGY))
                            .map(cores -> new VmSpec.Topology(1, Integer.parseInt(cores), 1));
            return new VmSpec.Cpu(
                    count,
                    Math.toIntExact(number(SpecField.CPU_MAX_VCPU_COUNT, 0)),
                    topology,
                    options(OptionMap.CPU_FEATURES));
        }

        /** Hotplug is what an option of its own needs. */
        private VmSpec.Memory memory() {
            Map<String, String> backing = options(OptionMap.MEMORY_BACKING);
            boolean hotplug =
                    flag(SpecField.MEMORY_HOTPLUG_ENABLED) || backing.containsKey("hotplug_method");
            long size = number(SpecField.MEMORY_SIZE_BYTES, GIB);
            return new VmSpec.Memory(
                    size,
                    hotplug,
                    number(SpecField.MEMORY_MAX_SIZE_BYTES, hotplug ? size : 0),
                    backing);
        }

        private VmSpec.Boot boot() {
            return new VmSpec.Boot(
                    text(SpecField.BOOT_KERNEL_PATH),
                    text(SpecField.BOOT_INITRD_PATH),
                    text(SpecField.BOOT_KERNEL_ARGS),
                    options(OptionMap.BOOT_OPTIONS));
        }

        /** A partition is one of the root disk. */
        private VmSpec.Disk disk() {
            Map<String, String> storage = options(OptionMap.STORAGE_OPTIONS);
            return new VmSpec.Disk(
                    text(SpecField.STORAGE_ID),
                    text(SpecField.STORAGE_PATH),
                    flag(SpecField.STORAGE_READ_ONLY),
                    flag(SpecField.STORAGE_IS_ROOT_DEVICE) || storage.containsKey("partuuid"),
                    text(SpecField.STORAGE_INTERFACE_TYPE),
                    storage);
        }

        private VmSpec.Nic nic() {
            return new VmSpec.Nic(
                    text(SpecField.NETWORK_ID),
                    text(SpecField.NETWORK_MAC_ADDRESS),
                    text(SpecField.NETWORK_TAP_DEVICE),
                    text(SpecField.NETWORK_INTERFACE_TYPE),
                    options(OptionMap.NETWORK_OPTIONS));
        }

        private VmSpec.Console console() {
            boolean enabled =
                    !fields.containsKey(SpecField.CONSOLE_ENABLED)
                            || flag(SpecField.CONSOLE_ENABLED);
            return new VmSpec.Console(
                    enabled,
                    text(SpecField.CONSOLE_OUTPUT),
                    text(SpecField.CONSOLE_INPUT),
                    text(SpecField.CONSOLE_CONSOLE_TYPE));
        }
    }
}
