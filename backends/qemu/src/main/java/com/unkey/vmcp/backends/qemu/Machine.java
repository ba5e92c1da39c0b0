package com.unkey.vmcp.backends.qemu;

import java.util.Locale;

/** Machine types the backend knows. */
public enum Machine {
    /** A PC with PCI Express: hotplug, SeaBIOS, reliable with any Linux. */
    Q35("q35", "pci"),
    /**
     * A small machine with virtio over MMIO: no hotplug. ACPI stays on for the power button; under
     * TCG some Linux kernels need {@code tsc_early_khz=} to come up reliably.
     */
    MICROVM("microvm,acpi=on,pcie=off", "device");

    private final String argument;
    private final String virtio;

    Machine(String argument, String virtio) {
        this.argument = argument;
        this.virtio = virtio;
    }

    /**
     * Reads a value of {@code UNKEY_VMCP_QEMU_MACHINE}.
     *
     * @throws IllegalArgumentException naming the accepted values
     */
    public static Machine parse(String value) {
        return switch (value) {
            case "q35" -> Q35;
            case "microvm" -> MICROVM;
            default ->
                    throw new IllegalArgumentException(
                            "must be q35 or microvm, got \"" + value + "\"");
        };
    }

    /** As configuration spells it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For QEMU's {@code -M}. */
    String argument() {
        return argument;
    }

    /** The machine's kind of a virtio device, {@code virtio-blk-pci} for one. */
    String virtio(String device) {
        return "virtio-" + device + "-" + virtio;
    }
}
