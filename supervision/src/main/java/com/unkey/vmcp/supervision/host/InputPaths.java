package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.supervision.FileFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Resolves the paths of files that a VMM reads on a client's word. */
final class InputPaths {

    /** What may be behind a path. */
    enum Kind {
        FILE("a regular file"),
        FILE_OR_BLOCK_DEVICE("a regular file or block device");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        private boolean allows(FileFacts facts) {
            return facts.isRegular() || (this == FILE_OR_BLOCK_DEVICE && facts.isBlockDevice());
        }
    }

    private final List<Path> allowed;

    /**
     * @param allowed directories below which paths must lie; none means anywhere
     */
    InputPaths(List<Path> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    /** The real path, or a finding at {@code field}. */
    Optional<Path> resolve(String field, String text, Kind kind, Findings findings) {
        if (text.isEmpty()) {
            return findings.wrong(field, "must be set");
        }
        try {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                return findings.wrong(field, "must be an absolute path: " + text);
            }
            return resolve(field, path, kind, findings);
        } catch (InvalidPathException _) {
            return findings.wrong(field, "is not a path");
        } catch (IOException e) {
            return findings.wrong(
                    field, "cannot be looked at: " + text + " (" + Reason.of(e) + ")");
        }
    }

    private Optional<Path> resolve(String field, Path path, Kind kind, Findings findings)
            throws IOException {
        Optional<Path> real = real(path);
        // A path elsewhere gets one answer, whatever is or is not there.
        if (!isAllowed(real.orElseGet(path::normalize))) {
            return findings.wrong(
                    field, "is not under a directory of UNKEY_VMCP_ALLOWED_PATHS: " + path);
        }
        if (real.isEmpty()) {
            return findings.wrong(field, "does not exist: " + path);
        }
        if (!kind.allows(FileFacts.of(real.get()))) {
            return findings.wrong(field, "is not " + kind.label + ": " + path);
        }
        if (!Files.isReadable(real.get())) {
            return findings.wrong(field, "cannot be read: " + path);
        }
        return real;
    }

    private static Optional<Path> real(Path path) throws IOException {
        try {
            return Optional.of(path.toRealPath());
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private boolean isAllowed(Path path) throws IOException {
        if (allowed.isEmpty()) {
            return true;
        }
        for (Path directory : allowed) {
            if (path.startsWith(real(directory).orElse(directory))) {
                return true;
            }
        }
        return false;
    }
}
