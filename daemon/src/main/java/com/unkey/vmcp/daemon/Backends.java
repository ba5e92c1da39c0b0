package com.unkey.vmcp.daemon;

import com.unkey.vmcp.backends.cloudhypervisor.CloudHypervisor;
import com.unkey.vmcp.backends.cloudhypervisor.CloudHypervisorSettings;
import com.unkey.vmcp.backends.qemu.AcceleratorPicker;
import com.unkey.vmcp.backends.qemu.QemuHypervisor;
import com.unkey.vmcp.backends.qemu.QemuSettings;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.supervision.StateDirectory;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The backends this daemon has. All of them are there whichever new VMs get: a recorded VM keeps
 * its own.
 */
final class Backends {

    private static final Path DEFAULT_CH_ENDPOINT = Path.of("/tmp/ch.sock");

    private Backends() {}

    /** Names that configuration may give, the default first. */
    static List<String> names() {
        return Stream.of(CloudHypervisor.NAME, QemuHypervisor.NAME)
                .map(name -> name.value())
                .toList();
    }

    /** Of the sockets in a run directory, the one whose path gets longest. */
    static String longestSocketName() {
        return Stream.of(CloudHypervisor.SOCKET_NAME, QemuHypervisor.SOCKET_NAME)
                .max(Comparator.comparingInt(String::length))
                .orElseThrow();
    }

    static List<Hypervisor> open(
            Config config, StateDirectory state, ProcessHost processes, Closer closer) {
        return List.of(
                closer.add(CloudHypervisor.open(processes, settings(config.cloudHypervisor()))),
                QemuHypervisor.create(processes, settings(config.qemu(), state)));
    }

    private static CloudHypervisorSettings settings(Config.CloudHypervisor config) {
        return new CloudHypervisorSettings(config.binary(), config.endpoint(), DEFAULT_CH_ENDPOINT);
    }

    private static QemuSettings settings(Config.Qemu config, StateDirectory state) {
        return new QemuSettings(
                config.binary(),
                config.machine(),
                AcceleratorPicker.of(
                        config.accel(), config.machine(), state.root().resolve("accelerator")));
    }
}
