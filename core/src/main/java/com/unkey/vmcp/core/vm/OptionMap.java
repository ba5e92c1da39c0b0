package com.unkey.vmcp.core.vm;

/** The maps of a spec whose names and values are the backend's own. */
public enum OptionMap {
    CPU_FEATURES("cpu.features"),
    MEMORY_BACKING("memory.backing"),
    BOOT_OPTIONS("boot.boot_options"),
    STORAGE_OPTIONS("storage.options"),
    NETWORK_OPTIONS("network.options");

    private final String path;

    OptionMap(String path) {
        this.path = path;
    }

    /** Names of the fields that lead to it from the config, with dots between. */
    public String path() {
        return path;
    }
}
