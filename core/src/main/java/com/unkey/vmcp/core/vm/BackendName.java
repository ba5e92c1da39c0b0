package com.unkey.vmcp.core.vm;

/** Name of a hypervisor backend as configuration and records spell it, {@code qemu} for one. */
public record BackendName(String value) {

    public BackendName {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a backend needs a name");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
