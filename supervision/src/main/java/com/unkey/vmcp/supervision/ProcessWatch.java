package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.port.ProcessHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Starts processes and gets hold of them, so that they can be signalled and their exit is noticed.
 */
final class ProcessWatch implements AutoCloseable {

    private final String bootId;
    private final HostUnits units;
    private final NativeThread nativeThread;
    private final NativeThread spawnThread;
    private final ExitWatch exits;

    private ProcessWatch(
            String bootId, HostUnits units, NativeThread nativeThread, ExitWatch exits) {
        this.bootId = bootId;
        this.units = units;
        this.nativeThread = nativeThread;
        this.spawnThread = new NativeThread("vmm-spawn");
        this.exits = exits;
    }

    /**
     * Has SIGCHLD do what it does by default, as whoever started the daemon may not have left it:
     * where it is ignored, children are reaped by nobody and their pids are free at once.
     *
     * @throws StartException where the kernel is too old
     */
    static ProcessWatch start() throws IOException {
        NativeThread nativeThread = new NativeThread("vmm-native");
        try {
            requirePidfds(nativeThread);
            HostUnits units = nativeThread.call(ProcessWatch::prepared);
            ExitWatch exits = ExitWatch.start(nativeThread);
            return new ProcessWatch(Proc.bootId(), units, nativeThread, exits);
        } catch (IOException | RuntimeException e) {
            nativeThread.close();
            throw e;
        }
    }

    private static HostUnits prepared() throws IOException {
        Libc.resetSignal(Libc.SIGCHLD);
        return HostUnits.read();
    }

    private static void requirePidfds(NativeThread nativeThread) throws IOException {
        try {
            Pidfd self =
                    Pidfd.open(nativeThread, ProcessHandle.current().pid())
                            .orElseThrow(() -> new IOException("/proc shows other pids than ours"));
            self.reap();
            self.close();
        } catch (Libc.Errno e) {
            if (e.code() == Libc.ENOSYS || e.code() == Libc.EINVAL) {
                throw new StartException(
                        "the kernel has no waitid(2) by pidfd: Linux 5.4 or newer is needed", e);
            }
            throw e;
        }
    }

    String bootId() {
        return bootId;
    }

    /**
     * Starts a program as {@link PosixSpawn} does and takes hold of it.
     *
     * @throws IOException where it does not run; nothing of it is left
     */
    HostedProcess spawn(List<String> command, Path directory, Path output, Path errors)
            throws IOException {
        return spawnThread.call(() -> started(command, directory, output, errors));
    }

    /**
     * The same, in an enclosure: a process sees the mounts of the thread that starts it, so it has
     * a thread of its own, which ends with this call.
     */
    HostedProcess spawn(
            ProcessHost.Enclosure enclosure,
            List<String> command,
            Path directory,
            Path output,
            Path errors)
            throws IOException {
        try (NativeThread thread = new NativeThread("vmm-spawn-enclosed")) {
            return thread.call(
                    () -> {
                        PrivateMounts.make(enclosure);
                        return started(command, directory, output, errors);
                    });
        }
    }

    private HostedProcess started(List<String> command, Path directory, Path output, Path errors)
            throws IOException {
        long pid = PosixSpawn.start(command, directory, output, errors);
        try {
            // Nobody else reaps the child, so the pid is its own even where it has ended.
            long startTicks = Proc.stat(pid).orElseThrow(() -> hidden(pid)).startTicks();
            return watched(pid, startTicks, Pidfd.ofChild(nativeThread, pid), true);
        } catch (IOException | RuntimeException e) {
            Reaper.end(pid);
            throw e;
        }
    }

    /** Takes the recorded process; empty where it is gone, a zombie, or another one by now. */
    Optional<HostedProcess> adopt(ProcessRecord record) throws IOException {
        if (!record.bootId().equals(bootId)) {
            return Optional.empty();
        }
        Optional<Pidfd> pidfd = Pidfd.open(nativeThread, record.pid());
        return pidfd.isPresent() ? adopt(record, pidfd.get()) : Optional.empty();
    }

    private Optional<HostedProcess> adopt(ProcessRecord record, Pidfd pidfd) throws IOException {
        if (!isSame(record)) {
            pidfd.close();
            return Optional.empty();
        }
        return Optional.of(watched(record.pid(), record.startTicks(), pidfd, true));
    }

    /** Takes whatever process has that pid now; empty where there is none, or only a zombie. */
    Optional<HostedProcess> foreign(long pid) throws IOException {
        Optional<Pidfd> pidfd = Pidfd.open(nativeThread, pid);
        return pidfd.isPresent() ? foreign(pid, pidfd.get()) : Optional.empty();
    }

    /** Takes the process that serves a socket; empty where it cannot be seen from here. */
    Optional<HostedProcess> serving(Path socket) throws IOException {
        OptionalLong pid = nativeThread.call(() -> SocketPeer.pid(socket));
        return pid.isPresent() ? foreign(pid.getAsLong()) : Optional.empty();
    }

    private Optional<HostedProcess> foreign(long pid, Pidfd pidfd) throws IOException {
        Optional<Proc.Stat> stat = Proc.stat(pid).filter(Proc.Stat::alive);
        if (stat.isEmpty()) {
            pidfd.close();
            return Optional.empty();
        }
        return Optional.of(watched(pid, stat.get().startTicks(), pidfd, false));
    }

    private HostedProcess watched(long pid, long startTicks, Pidfd pidfd, boolean mayBeOurs)
            throws IOException {
        HostedProcess process = new HostedProcess(pid, startTicks, pidfd, units);
        try {
            process.watchedBy(exits, mayBeOurs);
            return process;
        } catch (IOException | RuntimeException e) {
            process.letGo();
            throw e;
        }
    }

    private static boolean isSame(ProcessRecord record) throws IOException {
        return Proc.stat(record.pid())
                .filter(stat -> stat.alive() && stat.startTicks() == record.startTicks())
                .isPresent();
    }

    private static IOException hidden(long pid) {
        return new IOException("/proc does not show process " + pid + ", a child");
    }

    @Override
    public void close() throws IOException {
        spawnThread.close();
        try {
            exits.close();
        } finally {
            nativeThread.close();
        }
    }
}
