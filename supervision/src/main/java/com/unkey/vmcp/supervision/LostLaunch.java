package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the process of a launch whose daemon did not live to record it. It is known by what {@link
 * PosixSpawn} gave it before the dead daemon's lock was free: our user or the one that it was to
 * become, a session that it leads without a terminal, and the run directory, in which it works or
 * which an argument names. Either may be unreadable for a moment or for good: arguments until the
 * program is in place, the working directory of a program that has capabilities.
 */
final class LostLaunch {

    private LostLaunch() {}

    /** A process and when it started, by which it can be recorded. */
    record Found(long pid, long startTicks) {}

    /** Empty where no process was started for {@code runDirectory}, or it has ended. */
    static Optional<Found> of(Path runDirectory, Set<Long> users) throws IOException {
        for (long pid : Proc.pids()) {
            Optional<Found> found = look(pid, runDirectory, users);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<Found> look(long pid, Path runDirectory, Set<Long> users)
            throws IOException {
        try {
            Optional<Proc.Stat> stat = Proc.stat(pid).filter(found -> mayBe(pid, found));
            return stat.isPresent() && isOf(pid, runDirectory, users)
                    ? Optional.of(new Found(pid, stat.get().startTicks()))
                    : Optional.empty();
        } catch (AccessDeniedException _) {
            // Somebody else's, where /proc is mounted with hidepid.
            return Optional.empty();
        }
    }

    private static boolean mayBe(long pid, Proc.Stat stat) {
        return stat.alive() && stat.session() == pid && stat.terminal() == 0;
    }

    private static boolean isOf(long pid, Path runDirectory, Set<Long> users) throws IOException {
        return Proc.user(pid).filter(users::contains).isPresent()
                && (worksIn(pid, runDirectory) || names(pid, runDirectory));
    }

    private static boolean worksIn(long pid, Path runDirectory) throws IOException {
        try {
            return Proc.worksIn(pid, runDirectory);
        } catch (AccessDeniedException _) {
            return false;
        }
    }

    /** Behind a prefix, too: QEMU's sockets are named {@code unix:PATH}. */
    private static boolean names(long pid, Path runDirectory) throws IOException {
        return Proc.commandLine(pid).filter(line -> line.contains(runDirectory + "/")).isPresent();
    }
}
