package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Kernel and initrd of the small Linux guest that the project's own script makes. */
record LinuxGuest(Path kernel, Path initrd) {

    private static final int LIMIT_SECONDS = 100;

    static LinuxGuest find() {
        return Made.GUEST;
    }

    /** Made once for all tests. */
    private static final class Made {
        static final LinuxGuest GUEST = make();
    }

    private static LinuxGuest make() {
        Path script = DaemonProcess.PROJECT.resolve("scripts/guest.sh");
        try {
            Process process =
                    new ProcessBuilder(script.toString(), "--print")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.getOutputStream().close();
            Map<String, String> found = variables(process);
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("exit code of %s", script).isZero();
            return new LinuxGuest(Path.of(found.get("KERNEL")), Path.of(found.get("INITRD")));
        } catch (IOException e) {
            throw new UncheckedIOException(script + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the guest was made", e);
        }
    }

    private static Map<String, String> variables(Process process) throws IOException {
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            return output.lines()
                    .filter(line -> line.contains("="))
                    .map(line -> line.split("=", 2))
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        }
    }
}
