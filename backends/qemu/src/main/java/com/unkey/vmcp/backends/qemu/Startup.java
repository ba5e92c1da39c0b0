package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until a QEMU that was just started serves, and ends it where it never will. */
final class Startup {

    private static final Logger log = LoggerFactory.getLogger(Startup.class);
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();

    private Startup() {}

    /**
     * @throws VmException failed with QEMU's words where it does not start; it is gone then
     */
    static void await(QemuVmm vmm, Path socket) {
        try {
            untilPrepared(vmm, socket);
        } catch (RuntimeException e) {
            end(vmm, e);
            throw e;
        }
    }

    private static void untilPrepared(QemuVmm vmm, Path socket) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted()) {
            if (vmm.exited()) {
                throw VmException.vmmFailed("QEMU did not start, " + vmm.lastWords());
            }
            if (Files.exists(socket) && serves(vmm, Duration.ofNanos(end - System.nanoTime()))) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw VmException.unavailable("QEMU did not get ready within " + LIMIT.toSeconds() + " s");
    }

    private static boolean serves(QemuVmm vmm, Duration limit) {
        try {
            vmm.requirePrepared(limit);
            return true;
        } catch (VmException e) {
            if (e.failure() instanceof VmFailure.Unavailable) {
                log.debug("QEMU does not serve yet", e);
                return false;
            }
            throw e;
        }
    }

    private static void end(QemuVmm vmm, RuntimeException cause) {
        try {
            vmm.stop();
        } catch (VmException e) {
            cause.addSuppressed(e);
        } finally {
            vmm.close();
        }
    }
}
