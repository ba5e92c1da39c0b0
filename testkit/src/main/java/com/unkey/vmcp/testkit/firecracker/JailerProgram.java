package com.unkey.vmcp.testkit.firecracker;

import com.unkey.vmcp.testkit.vmm.StartedProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
            "needs VMM binary: jailer or a static firecracker is not on PATH, or this is not root";

    /** Where linkers put the name of the dynamic loader, if there is one. */
    private static final int HEAD_BYTES = 4096;

    /**
     * The jailer of {@code UNKEY_VMCP_FC_JAILER} or of PATH, with the program of {@code
     * UNKEY_VMCP_FC_STATIC_BINARY}, the {@code firecracker-static} of PATH, or {@linkplain
     * FirecrackerProgram#installed() the usual one} where that is static; for root alone.
     */
    public static Optional<JailerProgram> installed() {
        return StartedProgram.installed("UNKEY_VMCP_FC_JAILER", "jailer")
                .filter(_ -> isRoot())
                .flatMap(
                        jailer ->
                                staticFirecracker()
                                        .map(program -> new JailerProgram(jailer, program)));
    }

    private static Optional<Path> staticFirecracker() {
        return StartedProgram.installed("UNKEY_VMCP_FC_STATIC_BINARY", "firecracker-static")
                .or(() -> FirecrackerProgram.installed().filter(JailerProgram::namesNoLoader));
    }

    private static boolean namesNoLoader(Path program) {
        try (InputStream bytes = Files.newInputStream(program)) {
            String head = new String(bytes.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1);
            return !head.contains("/ld-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
