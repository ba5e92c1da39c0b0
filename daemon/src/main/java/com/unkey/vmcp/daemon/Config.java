package com.unkey.vmcp.daemon;

import com.unkey.vmcp.backends.qemu.Machine;
import com.unkey.vmcp.backends.qemu.accel.AccelSetting;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything an operator can set, parsed and checked. The variables are listed in the README; each
 * component here names its own.
 */
record Config(Listen listen, String backend, Host host, Qemu qemu, Telemetry telemetry) {

    /** {@code UNKEY_VMCP_ADDRESS} and {@code UNKEY_VMCP_PORT}; port 0 picks a free one. */
    record Listen(InetAddress address, int port) {}

    /**
     * What of the host may be used.
     *
     * @param stateDirectory {@code UNKEY_VMCP_STATE_DIR}
     * @param defaultKernel {@code UNKEY_VMCP_DEFAULT_KERNEL}
     * @param allowedPaths {@code UNKEY_VMCP_ALLOWED_PATHS}; empty: anywhere
     * @param consoleDirectories {@code UNKEY_VMCP_CONSOLE_DIRS}
     * @param consoleMaxBytes {@code UNKEY_VMCP_CONSOLE_MAX_BYTES}
     */
    record Host(
            Path stateDirectory,
            Optional<Path> defaultKernel,
            List<Path> allowedPaths,
            List<Path> consoleDirectories,
            long consoleMaxBytes) {}

    /**
     * {@code UNKEY_VMCP_QEMU_BINARY}, {@code UNKEY_VMCP_QEMU_MACHINE}, {@code
     * UNKEY_VMCP_QEMU_ACCEL}.
     */
    record Qemu(Optional<Path> binary, Machine machine, AccelSetting accel) {}

    /** {@code UNKEY_VMCP_OTEL_ENABLED}; telemetry itself is yet to come. */
    record Telemetry(boolean enabled) {}
}
