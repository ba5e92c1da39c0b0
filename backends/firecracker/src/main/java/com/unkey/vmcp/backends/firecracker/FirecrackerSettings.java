package com.unkey.vmcp.backends.firecracker;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the backend is configured.
 *
 * @param binary value of {@code UNKEY_VMCP_FC_BINARY}; without it the one on PATH
 * @param endpoint value of {@code UNKEY_VMCP_FC_ENDPOINT}: the API socket of a Firecracker that
 *     somebody else started; empty where the daemon starts its own
 * @param defaultEndpoint socket that is used where there is neither an endpoint nor a binary
 * @param restartAfterReset what {@code UNKEY_VMCP_FC_ON_GUEST_RESET} says becomes of a VM whose
 *     guest resets itself: started anew, or SHUTDOWN
 * @param kernelCache directory of kernels that were taken out of a bzImage
 * @param jail how processes are jailed; empty where they stand bare on the host
 */
public record FirecrackerSettings(
        Optional<Path> binary,
        Optional<Path> endpoint,
        Path defaultEndpoint,
        boolean restartAfterReset,
        Path kernelCache,
        Optional<JailSettings> jail) {}
