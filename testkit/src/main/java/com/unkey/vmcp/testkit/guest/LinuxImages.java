package com.unkey.vmcp.testkit.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * The small Linux guest that the project's own script makes.
 *
 * @param kernel an ELF vmlinux
 * @param bzImage the same kernel as its distribution packs it
 */
public record LinuxImages(Path kernel, Path bzImage, Path initrd) {

    private static final int LIMIT_SECONDS = 100;

    /**
     * Makes it where it is not there yet; the test that asks is skipped where there is no script.
     */
    public static LinuxImages find() throws IOException, InterruptedException {
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
        Path kernel = file(found, "KERNEL");
        return new LinuxImages(kernel, kernel.resolveSibling("vmlinuz"), file(found, "INITRD"));
    }

    private static Path file(Map<String, String> found, String name) {
        return Path.of(Objects.requireNonNull(found.get(name), name));
    }

    private static void put(Map<String, String> found, String line) {
        int equals = line.indexOf('=');
        if (equals > 0) {
            found.put(line.substring(0, equals), line.substring(equals + 1));
        }
    }
}
