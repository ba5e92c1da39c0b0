package com.unkey.vmcp.backends.qemu.accel;

import java.util.List;

/** How QEMU executes guest code, with the CPU model that goes with it. */
public enum Accelerator {
    KVM("kvm", "host"),
    TCG("tcg", "max");

    private final String accel;
    private final String cpuModel;

    Accelerator(String accel, String cpuModel) {
        this.accel = accel;
        this.cpuModel = cpuModel;
    }

    /** The value of QEMU's {@code -accel}. */
    public String accel() {
        return accel;
    }

    /**
     * The value of QEMU's {@code -cpu}; features may be appended as {@code ,+name} or {@code
     * ,-name}.
     */
    public String cpuModel() {
        return cpuModel;
    }

    /** {@code -accel} and {@code -cpu} with their values. */
    public List<String> arguments() {
        return List.of("-accel", accel, "-cpu", cpuModel);
    }
}
