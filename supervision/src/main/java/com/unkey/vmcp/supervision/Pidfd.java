package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.port.VmmProcess.Exit;
import java.io.IOException;
import java.util.Optional;

/**
 * A descriptor of one process. Signals through it never reach another process, even when the pid
 * has been given away again. Its state is touched on the native thread alone.
 */
final class Pidfd {

    private final NativeThread nativeThread;
    private final int descriptor;
    private boolean open = true;
    private Runnable unwatch = () -> {};

    private Pidfd(NativeThread nativeThread, int descriptor) {
        this.nativeThread = nativeThread;
        this.descriptor = descriptor;
    }

    /** Empty where there is no process of that pid. */
    static Optional<Pidfd> open(NativeThread nativeThread, long pid) throws IOException {
        try {
            return Optional.of(nativeThread.call(() -> ofChild(nativeThread, pid)));
        } catch (Libc.Errno e) {
            if (e.code() == Libc.ESRCH) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * That of a child that was not reaped, which is there whether it lives or not. For a platform
     * thread.
     */
    static Pidfd ofChild(NativeThread nativeThread, long pid) throws IOException {
        return new Pidfd(nativeThread, Libc.pidfdOpen(pid));
    }

    /** Has {@code onExit} called on the watch's thread when the process exits. */
    void watch(ExitWatch watch, Runnable onExit) throws IOException {
        nativeThread.call(
                () -> {
                    long key = watch.add(descriptor, onExit);
                    unwatch = () -> watch.forget(key);
                    return true;
                });
    }

    /** Takes the exit of the process, which has exited; unknown where that is not ours to take. */
    Exit reap() throws IOException {
        return nativeThread.call(() -> open ? Reaper.reap(descriptor) : Reaper.UNKNOWN);
    }

    /** Sends a signal; nothing where the process is gone. */
    void signal(int number) throws IOException {
        nativeThread.call(
                () -> {
                    if (open) {
                        send(number);
                    }
                    return true;
                });
    }

    private void send(int number) throws IOException {
        try {
            Libc.pidfdSendSignal(descriptor, number);
        } catch (Libc.Errno e) {
            if (e.code() != Libc.ESRCH) {
                throw e;
            }
        }
    }

    /** Idempotent. */
    void close() throws IOException {
        nativeThread.call(
                () -> {
                    if (open) {
                        open = false;
                        Libc.close(descriptor);
                        unwatch.run();
                    }
                    return true;
                });
    }
}
