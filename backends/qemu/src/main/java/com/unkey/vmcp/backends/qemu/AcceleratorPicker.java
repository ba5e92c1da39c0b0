package com.unkey.vmcp.backends.qemu;

/** Settles which accelerator a VM that is launched now gets. */
@FunctionalInterface
public interface AcceleratorPicker {

    /**
     * May take seconds the first time; asked on the thread that launches.
     *
     * @throws com.unkey.vmcp.core.failure.VmException unavailable where the one that was asked for
     *     cannot be had
     */
    Accelerator pick();
}
