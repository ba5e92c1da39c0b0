package com.unkey.vmcp.core.vm;

/**
 * The fields of a spec that a backend has a say in, in the order in which the API has them. The
 * maps of options are {@link OptionMap}; labels are the client's own and no backend's matter.
 */
public enum SpecField {
    CPU_VCPU_COUNT("cpu.vcpu_count"),
    CPU_MAX_VCPU_COUNT("cpu.max_vcpu_count"),
    CPU_TOPOLOGY("cpu.topology"),
    MEMORY_SIZE_BYTES("memory.size_bytes"),
    MEMORY_HOTPLUG_ENABLED("memory.hotplug_enabled"),
    MEMORY_MAX_SIZE_BYTES("memory.max_size_bytes"),
    BOOT_KERNEL_PATH("boot.kernel_path"),
    BOOT_INITRD_PATH("boot.initrd_path"),
    BOOT_KERNEL_ARGS("boot.kernel_args"),
    STORAGE_ID("storage.id"),
    STORAGE_PATH("storage.path"),
    STORAGE_READ_ONLY("storage.read_only"),
    STORAGE_IS_ROOT_DEVICE("storage.is_root_device"),
    STORAGE_INTERFACE_TYPE("storage.interface_type"),
    NETWORK_ID("network.id"),
    NETWORK_MAC_ADDRESS("network.mac_address"),
    NETWORK_TAP_DEVICE("network.tap_device"),
    NETWORK_INTERFACE_TYPE("network.interface_type"),
    CONSOLE_ENABLED("console.enabled"),
    CONSOLE_OUTPUT("console.output"),
    CONSOLE_INPUT("console.input"),
    CONSOLE_CONSOLE_TYPE("console.console_type");

    private final String path;

    SpecField(String path) {
        this.path = path;
    }

    /** Names of the fields that lead to it from the config, with dots between. */
    public String path() {
        return path;
    }
}
