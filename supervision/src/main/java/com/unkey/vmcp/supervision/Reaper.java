package com.unkey.vmcp.supervision;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.unkey.vmcp.core.port.VmmProcess.Exit;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/** Reads how a child ended, by which its zombie goes: waitid(2). */
final class Reaper {

    /** How a process ended that is nobody's child of ours. */
    static final Exit UNKNOWN = new Exit(OptionalInt.empty());

    private static final long SIGINFO_SIZE = 128;
    private static final long SI_CODE = 8;
    private static final long SI_STATUS = 24;
    private static final int CLD_EXITED = 1;
    private static final int SIGNAL_BASE = 128;

    private Reaper() {}

    /**
     * Takes the exit of the process behind {@code pidfd}, which has exited.
     *
     * @return {@link #UNKNOWN} where it is no child of this process, or was reaped before
     */
    static Exit reap(int pidfd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIGINFO_SIZE, 8);
            Libc.waitid(Libc.P_PIDFD, pidfd, info, Libc.WEXITED | Libc.WNOHANG);
            return told(info);
        } catch (Libc.Errno e) {
            if (e.code() == Libc.ECHILD) {
                return UNKNOWN;
            }
            throw e;
        }
    }

    /** Kills a child and waits until it is gone. Blocks: for a platform thread. */
    static void end(long pid) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Libc.kill(pid, Libc.SIGKILL);
            Libc.waitid(Libc.P_PID, pid, arena.allocate(SIGINFO_SIZE, 8), Libc.WEXITED);
        }
    }

    /** A signal as shells tell it: 128 and its number. All zero where nothing has exited yet. */
    private static Exit told(MemorySegment info) {
        int code = info.get(JAVA_INT, SI_CODE);
        int status = info.get(JAVA_INT, SI_STATUS);
        if (code == 0) {
            return UNKNOWN;
        }
        return new Exit(OptionalInt.of(code == CLD_EXITED ? status : SIGNAL_BASE + status));
    }
}
