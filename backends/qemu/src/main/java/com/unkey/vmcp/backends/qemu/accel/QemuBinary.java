package com.unkey.vmcp.backends.qemu.accel;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The QEMU binary as a part of a verdict's key. */
record QemuBinary(Path path) {
    private static final Duration VERSION_DEADLINE = Duration.ofMillis(400);

    /** Changes whenever the file behind the path does. */
    String fingerprint() throws IOException {
        Path real = path.toRealPath();
        return real + " " + Files.size(real) + " " + Files.getLastModifiedTime(real).toInstant();
    }

    /** The first line of {@code -version}; runs the binary. */
    String version(Path scratch) throws IOException, InterruptedException {
        try (ScratchDirectory directory = ScratchDirectory.create(scratch)) {
            Path output = directory.path().resolve("version");
            ProcessBuilder builder = new ProcessBuilder(path.toString(), "-version");
            builder.environment().clear();
            builder.redirectInput(new File("/dev/null"));
            builder.redirectErrorStream(true).redirectOutput(output.toFile());
            Process process = builder.start();
            try {
                return firstLine(process, output);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private String firstLine(Process process, Path output)
            throws IOException, InterruptedException {
        if (!process.waitFor(VERSION_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException(
                    path + " -version did not end within " + VERSION_DEADLINE.toMillis() + " ms");
        }
        String text = Files.readString(output, StandardCharsets.ISO_8859_1);
        String line = text.lines().findFirst().orElse("");
        if (process.exitValue() != 0 || line.isEmpty()) {
            throw new IOException(
                    "%s -version ended with status %d: %s"
                            .formatted(path, process.exitValue(), line));
        }
        return line;
    }
}
