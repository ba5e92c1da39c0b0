package com.unkey.vmcp.core.port;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A process of this host that is looked at, known so well that a reused pid is never taken for it.
 * Safe on every thread.
 */
public interface WatchedProcess {

    long pid();

    /** False once it has exited, reaped or not. */
    boolean alive();

    /**
     * Calls back once when the process exits, or at once where it has; on a thread of the host's
     * that must not be blocked.
     */
    void onExit(Consumer<VmmProcess.Exit> callback);

    /** Resident memory in bytes; empty where the process is gone. */
    Optional<Long> residentBytes();

    /** Processor time the given threads have used together; threads that are gone count 0. */
    Duration cpuTime(List<Long> threadIds);

    /**
     * Ids of its threads whose name, as proc_pid_task(5) shows it in {@code comm}, begins with
     * {@code prefix}, in ascending order; none where the process is gone. The kernel keeps 15 bytes
     * of a name.
     */
    List<Long> threadsNamed(String prefix);
}
