package com.unkey.vmcp.core.port;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * A VMM process of ours, known by host boot id, pid and start ticks (field 22 of proc_pid_stat(5)).
 */
public interface VmmProcess extends WatchedProcess {

    /** Waits for the exit; false where it still lives after {@code limit}. */
    boolean awaitExit(Duration limit);

    /** Sends SIGTERM; nothing where it is gone. */
    void terminate();

    /** Sends SIGKILL; nothing where it is gone. */
    void kill();

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
