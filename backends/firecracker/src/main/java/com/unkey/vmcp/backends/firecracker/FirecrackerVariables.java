package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.config.Variables;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an operator sets; the rest of the settings is the daemon's.
 *
 * @param binary value of {@code UNKEY_VMCP_FC_BINARY}
 * @param endpoint value of {@code UNKEY_VMCP_FC_ENDPOINT}
 * @param restartAfterReset what {@code UNKEY_VMCP_FC_ON_GUEST_RESET} says
 * @param jail what the {@code UNKEY_VMCP_FC_JAILER} variables say
 */
record FirecrackerVariables(
        Optional<Path> binary,
        Optional<Path> endpoint,
        boolean restartAfterReset,
        Optional<JailSettings> jail) {

    private static final Path DEFAULT_ENDPOINT = Path.of("/tmp/firecracker.sock");
    private static final String ENDPOINT = "FC_ENDPOINT";

    static FirecrackerVariables read(Variables variables, JailVariables jail) {
        Optional<Path> endpoint = variables.socket(ENDPOINT);
        Optional<JailSettings> jailed = jail.read(variables);
        if (endpoint.isPresent() && jail.isAskedFor(variables)) {
            // Whoever wants guests jailed must not find them bare.
            variables.refuse(
                    ENDPOINT,
                    "a Firecracker that somebody else started, which %s cannot jail: unset one"
                            .formatted(Variables.PREFIX + JailVariables.JAILER));
        }
        return new FirecrackerVariables(
                variables.path("FC_BINARY"),
                endpoint,
                variables
                        .parsed(
                                "FC_ON_GUEST_RESET",
                                "shutdown or restart",
                                FirecrackerVariables::isRestart)
                        .orElse(false),
                jailed);
    }

    private static boolean isRestart(String value) {
        return switch (value) {
            case "restart" -> true;
            case "shutdown" -> false;
            default -> throw new IllegalArgumentException("neither shutdown nor restart");
        };
    }

    /**
     * @param directory of the backend's own
     */
    FirecrackerSettings settings(Path directory) {
        return new FirecrackerSettings(
                binary,
                endpoint,
                DEFAULT_ENDPOINT,
                restartAfterReset,
                directory.resolve("kernels"),
                jail);
    }
}
