package com.unkey.vmcp.backends.qemu.accel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Shell scripts that behave as a QEMU may, for what the real one does not do on request. */
final class SimulatedQemu {
    private SimulatedQemu() {}

    /** Answers {@code -version}; for anything else runs the shell commands given. */
    static Path script(Path directory, String version, String otherwise) throws IOException {
        Path script = directory.resolve("qemu");
        Files.writeString(
                script,
                """
                #!/bin/sh
                if [ "$1" = -version ]; then echo '%s'; exit 0; fi
                %s
                """
                        .formatted(version, otherwise));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }
}
