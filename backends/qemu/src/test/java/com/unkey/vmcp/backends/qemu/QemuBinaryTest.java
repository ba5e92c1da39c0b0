package com.unkey.vmcp.backends.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.adapter.VmmBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With scripts in QEMU's place. */
class QemuBinaryTest {

    @TempDir private Path directory;

    @Test
    void theFirstOnThePathIsAskedOnceUntilItChanges() throws IOException {
        Path script = script("7.2.22", Instant.EPOCH);
        QemuBinary binary =
                new QemuBinary(
                        new VmmBinary(
                                QemuBinary.PROGRAM,
                                Optional.empty(),
                                "relative:/nowhere:" + directory));
        assertThat(binary.find().version()).isEqualTo("7.2.22");
        assertThat(binary.find().path()).isEqualTo(script);
        assertThat(binary.find().cpuFlags()).containsExactlyInAnyOrder("aes", "avx2", "sse4.2");
        assertThat(asked()).isEqualTo(2);

        script("10.0.1", Instant.EPOCH.plusSeconds(1));
        assertThat(binary.find().version()).isEqualTo("10.0.1");
    }

    private long asked() throws IOException {
        return Files.readString(directory.resolve("asked")).lines().count();
    }

    private Path script(String version, Instant modified) throws IOException {
        Path script = directory.resolve(QemuBinary.PROGRAM.fileName());
        Files.writeString(
                script,
                """
                #!/bin/sh
                echo asked >>%s/asked
                echo "QEMU emulator version %s (some package)"
                echo "Recognized CPUID flags:"
                echo "  aes avx2"
                echo "  sse4.2"
                """
                        .formatted(directory, version));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Files.setLastModifiedTime(script, FileTime.from(modified));
        return script;
    }
}
