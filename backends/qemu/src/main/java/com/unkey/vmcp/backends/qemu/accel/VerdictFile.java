package com.unkey.vmcp.backends.qemu.accel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last certain verdict, kept over restarts of the daemon: the lines of its key, then {@code fit
 * MILLIS} or {@code unfit REASON}. A file that cannot be read or written costs a probe, never more.
 */
final class VerdictFile {
    private static final Logger LOG = LoggerFactory.getLogger(VerdictFile.class);

    private final Path file;

    VerdictFile(Path file) {
        this.file = file;
    }

    /** The kept verdict, if it was given for this very key. */
    Optional<Verdict> read(VerdictKey key) {
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            List<String> expected = key.lines();
            if (lines.size() != expected.size() + 1
                    || !lines.subList(0, expected.size()).equals(expected)) {
                return Optional.empty();
            }
            return parse(lines.getLast());
        } catch (IOException e) {
            LOG.warn("reading the accelerator verdict in {} failed; probing again", file, e);
            return Optional.empty();
        }
    }

    /** Replaces the kept verdict in one step. What is undecided is not kept. */
    void write(VerdictKey key, Verdict verdict) {
        String last =
                switch (verdict) {
                    case Verdict.Fit(Duration took) -> "fit " + took.toMillis();
                    case Verdict.Unfit(String reason) ->
                            "unfit " + reason.replaceAll("\\p{Cntrl}", " ");
                    case Verdict.Undecided _ -> "";
                };
        if (last.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>(key.lines());
        lines.add(last);
        try {
            replace(String.join("\n", lines) + "\n");
        } catch (IOException e) {
            LOG.warn(
                    "keeping the accelerator verdict in {} failed; the next start probes again",
                    file,
                    e);
        }
    }

    private void replace(String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(
                fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text, StandardCharsets.UTF_8);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Optional<Verdict> parse(String line) {
        if (line.startsWith("unfit ")) {
            return Optional.of(new Verdict.Unfit(line.substring("unfit ".length())));
        }
        if (line.matches("fit \\d{1,9}")) {
            return Optional.of(
                    new Verdict.Fit(Duration.ofMillis(Long.parseLong(line.substring(4)))));
        }
        return Optional.empty();
    }
}
