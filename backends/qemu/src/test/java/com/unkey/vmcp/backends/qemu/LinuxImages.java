package com.unkey.vmcp.backends.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Kernel and initrd of the small Linux guest, made by the project's own script. */
record LinuxImages(Path kernel, Path initrd) {

    private static final int LIMIT_SECONDS = 100;

    static LinuxImages find() throws IOException, InterruptedException {
        Path script = Path.of(System.getProperty("project.root"), "scripts", "guest.sh");
        Assumptions.assumeTrue(script.toFile().canExecute(), "no script makes a guest here");
        Process process =
                new ProcessBuilder(script.toString(), "--print")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        process.getOutputStream().close();
        Map<String, String> found = new HashMap<>();
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().forEach(line -> put(found, line));
        }
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("exit code of %s", script).isZero();
        return new LinuxImages(Path.of(found.get("KERNEL")), Path.of(found.get("INITRD")));
    }

    private static void put(Map<String, String> found, String line) {
        int equals = line.indexOf('=');
        if (equals > 0) {
            found.put(line.substring(0, equals), line.substring(equals + 1));
        }
    }
}
