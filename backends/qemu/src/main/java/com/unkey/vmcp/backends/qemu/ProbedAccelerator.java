package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.qemu.accel.AccelSetting;
import com.unkey.vmcp.backends.qemu.accel.Accelerator;
import com.unkey.vmcp.backends.qemu.accel.AcceleratorChoice;
import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Picks what the operator set, or what a probe of this host finds fit. Thread-safe. */
final class ProbedAccelerator implements AcceleratorPicker {

    private static final Logger log = LoggerFactory.getLogger(ProbedAccelerator.class);

    private final AccelSetting setting;
    private final Machine machine;
    private final Path directory;
    private final Map<Path, AcceleratorChoice> choices = new HashMap<>();
    private final Set<AcceleratorChoice.Chosen> told = new HashSet<>();

    /**
     * @param directory where verdicts are kept
     */
    ProbedAccelerator(AccelSetting setting, Machine machine, Path directory) {
        this.setting = setting;
        this.machine = machine;
        this.directory = directory;
    }

    @Override
    public Accelerator pick(Path qemu) {
        try {
            AcceleratorChoice.Chosen chosen = choice(qemu).choose();
            tell(chosen);
            return chosen.accelerator();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VmException.unavailable("interrupted while the accelerator was probed", e);
        }
    }

    private synchronized AcceleratorChoice choice(Path qemu) {
        return choices.computeIfAbsent(
                qemu, path -> AcceleratorChoice.of(setting, path, machine.label(), directory));
    }

    private synchronized void tell(AcceleratorChoice.Chosen chosen) {
        if (told.add(chosen)) {
            log.info("accelerator {}: {}", chosen.accelerator().accel(), chosen.reason());
        }
    }
}
