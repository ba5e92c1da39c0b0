package com.unkey.vmcp.backends.qemu;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the backend is configured.
 *
 * @param binary value of {@code UNKEY_VMCP_QEMU_BINARY}; without it the one on PATH
 * @param machine machine type of VMs that are launched from now on
 */
public record QemuSettings(Optional<Path> binary, Machine machine, AcceleratorPicker picker) {}
