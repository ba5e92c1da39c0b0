package com.unkey.vmcp.core.port;

import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Starts VMM processes that outlive the daemon, and finds them again.
 *
 * <p>Each VM has a run directory, mode 0700, that holds its sockets, logs and the record of its
 * process. No VMM ever runs that is not found by that, even where the daemon was killed while it
 * started it.
 */
public interface ProcessHost {

    /** Where the VM's run directory is, or would be; nothing is made. */
    Path runDirectory(ShortId id);

    /** Makes the VM's run directory; nothing where it is there. */
    void makeRunDirectory(ShortId id);

    /**
     * Starts a VMM in its own session, with the run directory as working directory, no descriptor
     * and no environment of the daemon, standard input from /dev/null, standard error appended to
     * {@link Spawn#log()}, standard output too unless it has a file of its own.
     *
     * <p>What a {@link Spawn#enclosure()} mounts is seen by that process and its children alone,
     * and is gone with them; nothing of it is ever mounted in the host.
     *
     * @throws com.unkey.vmcp.core.failure.VmException unavailable where it cannot be started; no
     *     process is left
     */
    VmmProcess spawn(Spawn spawn);

    /** The VM's process as recorded, if it is the same one and lives; a zombie does not. */
    Optional<VmmProcess> find(ShortId id);

    /**
     * A process on this host that somebody else started; empty where there is none of that pid, or
     * only a zombie. The caller closes it.
     *
     * @throws com.unkey.vmcp.core.failure.VmException unavailable where it cannot be looked at
     */
    Optional<ForeignProcess> foreign(long pid);

    /**
     * The process on this host that serves a unix socket and that somebody else started; empty
     * where it cannot be seen from here. The caller closes it.
     *
     * @throws com.unkey.vmcp.core.failure.VmException unavailable where nobody serves the socket
     */
    default Optional<ForeignProcess> serving(Path socket) {
        return Optional.empty();
    }

    /**
     * Keeps files within their size limit that a VMM writes which was not spawned here, until the
     * limit is closed.
     */
    OutputLimit limitOutputs(List<Path> files);

    /** VMs that have a run directory. */
    Set<ShortId> list();

    /** Ends the VM's process if it lives and removes its run directory. Idempotent. */
    void discard(ShortId id);

    /** Ends the bounding of files; idempotent. */
    interface OutputLimit extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * What to start.
     *
     * @param socket where the VMM will serve its API, kept in the process record
     * @param command program and arguments
     * @param log file in the run directory for the VMM's own words
     * @param outputs files that the VMM writes and that are to be kept within their size limit,
     *     {@code log} included
     * @param standardOutput what standard output is appended to, for a VMM that writes its guest's
     *     words there; empty: the log
     * @param enclosure what is made for a process that encloses itself; empty: it stands in the
     *     host as the daemon does
     */
    record Spawn(
            VmmLaunch launch,
            Path socket,
            List<String> command,
            Path log,
            List<Path> outputs,
            Optional<Path> standardOutput,
            Optional<Enclosure> enclosure) {
        public Spawn {
            command = List.copyOf(command);
            outputs = List.copyOf(outputs);
        }

        /** One whose standard output goes to its log. */
        public Spawn(
                VmmLaunch launch, Path socket, List<String> command, Path log, List<Path> outputs) {
            this(launch, socket, command, log, outputs, Optional.empty(), Optional.empty());
        }
    }

    /**
     * A place for a process that changes its root directory and its user once it runs, as a jailer
     * does. It is started as the daemon's user, who must be root.
     *
     * @param user numeric id of the user that it becomes
     * @param root directory that is there, over which an empty file system in memory is mounted
     * @param rootBytes what fits into that file system
     * @param binds files and directories of the host that are shown in it
     */
    record Enclosure(long user, Path root, long rootBytes, List<Bind> binds) {
        public Enclosure {
            binds = List.copyOf(binds);
            List<Path> places = binds.stream().map(Bind::inside).toList();
            for (Path place : places) {
                if (places.stream().filter(place::startsWith).count() > 1) {
                    throw new IllegalArgumentException("a bind within another: " + place);
                }
            }
        }
    }

    /**
     * A regular file, block device or directory of the host at one more place. Nothing on it can be
     * executed, and no other device opened.
     *
     * @param inside absolute, as seen by a process whose root directory is the enclosure's root;
     *     made where it is missing
     */
    record Bind(Path source, Path inside, boolean readOnly) {
        public Bind {
            if (!inside.isAbsolute() || !inside.equals(inside.normalize())) {
                throw new IllegalArgumentException("no absolute, plain path: " + inside);
            }
        }
    }

    /** Which launch of which VM a process belongs to. */
    record VmmLaunch(ShortId id, BackendName backend, long generation) {}
}
