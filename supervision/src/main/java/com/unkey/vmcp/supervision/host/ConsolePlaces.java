package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.supervision.FileFacts;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where clients may have console output written. Every directory from an allowed one down to the
 * file's must be such that nobody but root and the daemon's user can put something else in the
 * file's place between the look at it and the VMM's opening it.
 */
final class ConsolePlaces {

    private static final long ROOT = 0;

    /** Debian and Ubuntu give people and their groups ids from here on. */
    private static final long FIRST_GROUP_OF_PEOPLE = 1000;

    private final List<Path> allowed;
    private final long owner;

    ConsolePlaces(List<Path> allowed, long owner) {
        this.allowed = List.copyOf(allowed);
        this.owner = owner;
    }

    /** Where {@code text} leads, links of its directory resolved; itself it is not followed. */
    Place locate(String text) {
        try {
            Path path = Path.of(text);
            Path name = path.getFileName();
            Path parent = path.getParent();
            if (!path.isAbsolute() || name == null || parent == null) {
                return new Place.Refused("must be an absolute path of a file: " + text);
            }
            if (text.endsWith("/") || name.toString().equals("..") || name.toString().equals(".")) {
                return new Place.Refused("must name a file: " + text);
            }
            return locate(parent.toRealPath().resolve(name), text);
        } catch (InvalidPathException _) {
            return new Place.Refused("is not a path");
        } catch (IOException e) {
            return new Place.Refused(
                    "is in no directory that can be used: %s (%s)".formatted(text, Reason.of(e)));
        }
    }

    private Place locate(Path file, String text) throws IOException {
        Optional<String> reason = Optional.empty();
        for (Path directory : allowed) {
            Optional<Path> root = real(directory).filter(real -> isBelow(file, real));
            if (root.isPresent()) {
                reason = whyUnsafe(root.get(), file, text);
                if (reason.isEmpty()) {
                    return new Place.At(file);
                }
            }
        }
        return new Place.Refused(
                reason.orElse("is not under a directory of UNKEY_VMCP_CONSOLE_DIRS: " + text));
    }

    private static Optional<Path> real(Path directory) {
        try {
            return Optional.of(directory.toRealPath());
        } catch (IOException _) {
            // A directory that is not there holds no file.
            return Optional.empty();
        }
    }

    private static boolean isBelow(Path file, Path directory) {
        return file.startsWith(directory) && !file.equals(directory);
    }

    private Optional<String> whyUnsafe(Path root, Path file, String text) throws IOException {
        Path directory = file.getParent();
        while (directory != null && directory.startsWith(root)) {
            FileFacts facts = FileFacts.of(directory);
            boolean safe = isSafe(facts) || (directory.equals(root) && isSystemGroups(facts));
            if (!safe) {
                return Optional.of("is in a directory that other users may change: " + text);
            }
            directory = directory.getParent();
        }
        return Optional.empty();
    }

    /** In a sticky directory nobody can take away a file of somebody else's. */
    private boolean isSafe(FileFacts facts) {
        boolean trusted = facts.owner() == ROOT || facts.owner() == owner;
        return trusted
                && (facts.has(FileFacts.STICKY)
                        || !facts.has(FileFacts.GROUP_WRITE | FileFacts.OTHERS_WRITE));
    }

    /** Ubuntu's /var/log is root's and may be written by group syslog, which it trusts with it. */
    private static boolean isSystemGroups(FileFacts facts) {
        return facts.owner() == ROOT
                && facts.group() < FIRST_GROUP_OF_PEOPLE
                && !facts.has(FileFacts.OTHERS_WRITE);
    }

    /** Answer to where a path leads. */
    sealed interface Place {

        /** To a file that may be written, whether it is there or not. */
        record At(Path file) implements Place {}

        /** Nowhere that is allowed. */
        record Refused(String reason) implements Place {}
    }
}
