package com.unkey.vmcp.core.port;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A VMM process, known by host boot id, pid and start ticks (field 22 of proc_pid_stat(5)), so that
 * a reused pid is never taken for it. Safe on every thread.
 */
public interface VmmProcess {

    long pid();

    /** False once it has exited, reaped or not. */
    boolean alive();

    /**
     * Calls back once when the process exits, or at once where it has; on a thread of the host's
     * that must not be blocked.
     */
    void onExit(Consumer<Exit> callback);

    /** Waits for the exit; false where it still lives after {@code limit}. */
    boolean awaitExit(Duration limit);

    /** Sends SIGTERM; nothing where it is gone. */
    void terminate();

    /** Sends SIGKILL; nothing where it is gone. */
    void kill();

    /** Resident memory in bytes; empty where the process is gone. */
    Optional<Long> residentBytes();

    /** Processor time the given threads have used together; threads that are gone count 0. */
    Duration cpuTime(List<Long> threadIds);

    /** How a process ended; the code is known only where the daemon is its parent. */
    record Exit(OptionalInt code) {

        @Override
        public String toString() {
            if (code.isEmpty()) {
                return "exit code unknown";
            }
            int value = code.getAsInt();
            return value > 128 ? "killed by signal " + (value - 128) : "exit code " + value;
        }
    }
}
