package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.StartedProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The real jailer and a Firecracker for it.
 *
 * @param firecracker linked statically
 */
public record JailerProgram(Path jailer, Path firecracker) {

    /** What a test says that is skipped because {@link #installed()} is empty. */
    public static final String MISSING =
            "needs VMM binary: jailer and firecracker-static are not on PATH, or this is not root";

    /**
     * The jailer of {@code UNKEY_VMCP_FC_JAILER} or of PATH, with the program of {@code
     * UNKEY_VMCP_FC_STATIC_BINARY} or the {@code firecracker-static} of PATH; for root alone.
     */
    public static Optional<JailerProgram> installed() {
        return StartedProgram.installed("UNKEY_VMCP_FC_JAILER", "jailer")
                .filter(_ -> isRoot())
                .flatMap(
                        jailer ->
                                StartedProgram.installed(
                                                "UNKEY_VMCP_FC_STATIC_BINARY", "firecracker-static")
                                        .map(program -> new JailerProgram(jailer, program)));
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
