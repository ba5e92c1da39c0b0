package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until a VMM that was just started serves, and ends it where it never will. */
public final class Startup {

    private static final Logger log = LoggerFactory.getLogger(Startup.class);
    private static final Duration LIMIT = Duration.ofSeconds(15);

    /**
     * A VMM may be there after a few milliseconds, and its launch is as slow as the looks at it.
     */
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Startup() {}

    /** A VMM whose process was just started. */
    public interface Newborn {

        /** Whether its process has ended. */
        boolean exited();

        /** How the process ended and its last words. */
        String lastWords();

        /**
         * Asks once whether it serves; false where it does not yet.
         *
         * @throws VmException unavailable where it does not answer yet, anything else where it
         *     never will
         */
        boolean ready(Duration limit);

        /** Ends its process. */
        void stop();

        /** Lets go of it. */
        void close();
    }

    /**
     * Returns when the VMM serves, within 15 seconds.
     *
     * @param title of the VMM, for messages
     * @throws VmException failed with the VMM's words where it does not start; it is gone then
     */
    public static void await(String title, Newborn vmm) {
        try {
            untilReady(title, vmm);
        } catch (RuntimeException e) {
            end(vmm, e);
            throw e;
        }
    }

    private static void untilReady(String title, Newborn vmm) {
        long end = System.nanoTime() + LIMIT.toNanos();
        long pause = FIRST_PAUSE_NANOS;
        while (System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted()) {
            if (vmm.exited()) {
                throw VmException.vmmFailed(title + " did not start, " + vmm.lastWords());
            }
            if (serves(title, vmm, Duration.ofNanos(end - System.nanoTime()))) {
                return;
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(pause + pause / 8, LONGEST_PAUSE_NANOS);
        }
        throw VmException.unavailable(
                "%s did not get ready within %d s".formatted(title, LIMIT.toSeconds()));
    }

    private static boolean serves(String title, Newborn vmm, Duration limit) {
        try {
            return vmm.ready(limit);
        } catch (VmException e) {
            if (e.failure() instanceof VmFailure.Unavailable) {
                log.debug("{} does not serve yet", title, e);
                return false;
            }
            throw e;
        }
    }

    private static void end(Newborn vmm, RuntimeException cause) {
        try {
            vmm.stop();
        } catch (VmException e) {
            cause.addSuppressed(e);
        } finally {
            vmm.close();
        }
    }
}
