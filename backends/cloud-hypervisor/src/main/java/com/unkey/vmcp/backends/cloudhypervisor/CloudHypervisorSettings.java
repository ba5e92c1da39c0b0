package com.unkey.vmcp.backends.cloudhypervisor;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the backend is configured.
 *
 * @param binary value of {@code UNKEY_VMCP_CH_BINARY}; without it the one on PATH
 * @param endpoint value of {@code UNKEY_VMCP_CH_ENDPOINT} or {@code -socket}: the API socket of a
 *     Cloud Hypervisor that somebody else started; empty where the daemon starts its own
 * @param defaultEndpoint socket that is used where there is neither an endpoint nor a binary
 */
public record CloudHypervisorSettings(
        Optional<Path> binary, Optional<Path> endpoint, Path defaultEndpoint) {}
