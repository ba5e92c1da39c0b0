package com.unkey.vmcp.backends.qemu.accel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeGuestTest {
    private static final Path BUILD = Path.of("src/probe/build.sh");

    @TempDir Path directory;

    /** The committed image is what its source says. On CI the assembler has to be there. */
    @Test
    void imageIsAssembledFromItsSource() throws Exception {
        boolean ci = "true".equals(System.getenv("CI"));
        assumeThat(ci || (onPath("as") && onPath("ld"))).as("binutils are installed").isTrue();
        Path fresh = directory.resolve("probe.elf");
        Path log = directory.resolve("log");
        Process build =
                new ProcessBuilder(BUILD.toString(), fresh.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        assertThat(build.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(build.exitValue()).as("%s", Files.readString(log)).isZero();
        assertThat(Files.readAllBytes(fresh))
                .as("run %s src/main/resources/com/unkey/vmcp/backends/qemu/accel/probe.elf", BUILD)
                .isEqualTo(ProbeGuest.image());
    }

    @Test
    void imageIsSmall() {
        assertThat(ProbeGuest.image().length).isLessThan(16 * 1024);
    }

    private static boolean onPath(String tool) {
        return Files.isExecutable(Path.of("/usr/bin", tool));
    }
}
