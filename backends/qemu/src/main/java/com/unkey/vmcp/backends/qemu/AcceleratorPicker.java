package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.qemu.accel.AccelSetting;
import com.unkey.vmcp.backends.qemu.accel.Accelerator;
import java.nio.file.Path;

/** Settles which accelerator a VM that is launched now gets. */
@FunctionalInterface
public interface AcceleratorPicker {

    /**
     * May take seconds the first time; asked on the thread that launches.
     *
     * @param qemu the QEMU that the VM will run in
     * @throws com.unkey.vmcp.core.failure.VmException unavailable where the one that was asked for
     *     cannot be had
     */
    Accelerator pick(Path qemu);

    /**
     * What the operator set; {@code auto} by a probe of this host.
     *
     * @param directory the daemon's own, where verdicts are kept
     */
    static AcceleratorPicker of(AccelSetting setting, Machine machine, Path directory) {
        return new ProbedAccelerator(setting, machine, directory);
    }
}
