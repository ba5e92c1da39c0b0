package com.unkey.vmcp.backends.qemu;

/**
 * What runs the guest's instructions.
 *
 * @param name for QEMU's {@code -accel}
 * @param cpu model and its own flags for QEMU's {@code -cpu}
 */
public record Accelerator(String name, String cpu) {

    /** The processor itself, through the kernel. */
    public static final Accelerator KVM = new Accelerator("kvm", "host");

    /** QEMU's own translator; works everywhere. */
    public static final Accelerator TCG = new Accelerator("tcg", "max");
}
