package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.config.Backend;
import com.unkey.vmcp.backends.adapter.config.Variables;
import com.unkey.vmcp.backends.qemu.accel.AccelSetting;
import com.unkey.vmcp.core.vm.BackendName;
import java.nio.file.Path;
import java.util.Optional;

/** Brings QEMU. */
public final class QemuBackend implements Backend {

    @Override
    public BackendName name() {
        return QemuHypervisor.NAME;
    }

    @Override
    public Optional<String> longestSocketName() {
        return Optional.of(QemuHypervisor.SOCKET_NAME);
    }

    @Override
    public Opening read(Variables variables) {
        Setup setup = Setup.read(variables);
        return site -> QemuHypervisor.create(site.processes(), setup.settings(site.directory()));
    }

    /** What an operator sets; the rest of the settings is the daemon's. */
    record Setup(Optional<Path> binary, Machine machine, AccelSetting accel) {

        static Setup read(Variables variables) {
            return new Setup(
                    variables.path("QEMU_BINARY"),
                    variables
                            .parsed("QEMU_MACHINE", "q35 or microvm", Machine::parse)
                            .orElse(Machine.Q35),
                    variables
                            .parsed("QEMU_ACCEL", "auto, kvm or tcg", AccelSetting::parse)
                            .orElse(AccelSetting.AUTO));
        }

        private QemuSettings settings(Path directory) {
            return new QemuSettings(
                    binary, machine, AcceleratorPicker.of(accel, machine, directory));
        }
    }
}
