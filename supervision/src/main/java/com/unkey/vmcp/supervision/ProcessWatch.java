package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.port.VmmProcess.Exit;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/** Gets hold of processes, so that they can be signalled and their exit is noticed. */
final class ProcessWatch implements AutoCloseable {

    private final String bootId;
    private final HostUnits units;
    private final NativeThread nativeThread;
    private final ExitWatch exits;

    private ProcessWatch(
            String bootId, HostUnits units, NativeThread nativeThread, ExitWatch exits) {
        this.bootId = bootId;
        this.units = units;
        this.nativeThread = nativeThread;
        this.exits = exits;
    }

    /**
     * @throws StartException where the kernel is too old
     */
    static ProcessWatch start() throws IOException {
        NativeThread nativeThread = new NativeThread();
        try {
            requirePidfds(nativeThread);
            HostUnits units = nativeThread.call(HostUnits::read);
            ExitWatch exits = ExitWatch.start(nativeThread);
            return new ProcessWatch(Proc.bootId(), units, nativeThread, exits);
        } catch (IOException | RuntimeException e) {
            nativeThread.close();
            throw e;
        }
    }

    private static void requirePidfds(NativeThread nativeThread) throws IOException {
        try {
            Pidfd self =
                    Pidfd.open(nativeThread, ProcessHandle.current().pid())
                            .orElseThrow(() -> new IOException("/proc shows other pids than ours"));
            self.close();
        } catch (Libc.Errno e) {
            if (e.code() == Libc.ENOSYS) {
                throw new StartException(
                        "the kernel has no pidfd_open(2): Linux 5.3 or newer is needed", e);
            }
            throw e;
        }
    }

    String bootId() {
        return bootId;
    }

    /** Takes a child of this process that is known not to have exited. */
    HostedProcess child(Process child) throws IOException {
        long pid = child.pid();
        Pidfd pidfd = Pidfd.open(nativeThread, pid).orElseThrow(() -> gone(pid));
        long startTicks = Proc.stat(pid).orElseThrow(() -> gone(pid)).startTicks();
        HostedProcess process = new HostedProcess(pid, startTicks, pidfd, units);
        var _ =
                child.onExit()
                        .thenAccept(
                                ended ->
                                        process.exited(
                                                new Exit(OptionalInt.of(ended.exitValue()))));
        return process;
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
        return Optional.of(watched(record.pid(), record.startTicks(), pidfd));
    }

    /** Takes whatever process has that pid now; empty where there is none, or only a zombie. */
    Optional<HostedProcess> foreign(long pid) throws IOException {
        Optional<Pidfd> pidfd = Pidfd.open(nativeThread, pid);
        return pidfd.isPresent() ? foreign(pid, pidfd.get()) : Optional.empty();
    }

    private Optional<HostedProcess> foreign(long pid, Pidfd pidfd) throws IOException {
        Optional<Proc.Stat> stat = Proc.stat(pid).filter(Proc.Stat::alive);
        if (stat.isEmpty()) {
            pidfd.close();
            return Optional.empty();
        }
        return Optional.of(watched(pid, stat.get().startTicks(), pidfd));
    }

    private HostedProcess watched(long pid, long startTicks, Pidfd pidfd) throws IOException {
        HostedProcess process = new HostedProcess(pid, startTicks, pidfd, units);
        pidfd.watch(exits, () -> process.exited(new Exit(OptionalInt.empty())));
        return process;
    }

    private static boolean isSame(ProcessRecord record) throws IOException {
        return Proc.stat(record.pid())
                .filter(stat -> stat.alive() && stat.startTicks() == record.startTicks())
                .isPresent();
    }

    private static IOException gone(long pid) {
        return new IOException("process " + pid + " is gone right after its start");
    }

    @Override
    public void close() throws IOException {
        try {
            exits.close();
        } finally {
            nativeThread.close();
        }
    }
}
