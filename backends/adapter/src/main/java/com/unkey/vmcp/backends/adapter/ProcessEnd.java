package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.VmmProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of one VMM's process: noticed, told in words, and brought about. Thread-safe. */
public final class ProcessEnd {

    private static final Logger log = LoggerFactory.getLogger(ProcessEnd.class);

    /** For an end that other signs have announced. */
    private static final Duration SOON = Duration.ofMillis(500);

    private static final Duration TERMINATE_LIMIT = Duration.ofSeconds(1);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

    private final String title;
    private final VmmProcess process;
    private final CompletableFuture<VmmProcess.Exit> exit = new CompletableFuture<>();

    /**
     * Begins to watch.
     *
     * @param title of the VMM, for messages
     * @param onExit called once, maybe at once, on a thread that must not be blocked
     */
    public ProcessEnd(String title, VmmProcess process, Runnable onExit) {
        this.title = title;
        this.process = process;
        process.onExit(
                how -> {
                    exit.complete(how);
                    onExit.run();
                });
    }

    /** Whether the end has been told; the process may be gone a moment before. */
    public boolean told() {
        return exit.isDone();
    }

    /** How the process ended, for messages; to be asked when it has, or is just about to. */
    public String words() {
        return awaited().map(VmmProcess.Exit::toString).orElse("exit code unknown");
    }

    private Optional<VmmProcess.Exit> awaited() {
        try {
            return Optional.of(exit.get(SOON.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            log.debug("the exit of {} {} is not told yet", title, process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /**
     * The exit code of a process that has ended, or is just about to; empty where nobody can know
     * it.
     */
    public OptionalInt code() {
        return awaited().map(VmmProcess.Exit::code).orElse(OptionalInt.empty());
    }

    /** Whether the process is known to have ended with exit code 0. */
    public boolean inGoodOrder() {
        return exit.isDone() && exit.join().code().equals(OptionalInt.of(0));
    }

    /** Whether the process ends within half a second, as one does that has closed its socket. */
    public boolean comesSoon() {
        return process.awaitExit(SOON);
    }

    /**
     * Ends the process by signals, the gentle one first; returns when it is gone, at once where it
     * is.
     *
     * @throws VmException unavailable where it survives them
     */
    public void bringAbout() {
        if (process.alive()) {
            process.terminate();
        }
        if (!process.awaitExit(TERMINATE_LIMIT)) {
            process.kill();
        }
        requireEnd();
    }

    /**
     * Ends the process by SIGKILL; returns when it is gone, at once where it is.
     *
     * @throws VmException unavailable where it survives that
     */
    public void force() {
        if (process.alive()) {
            process.kill();
        }
        requireEnd();
    }

    private void requireEnd() {
        if (!process.awaitExit(KILL_LIMIT)) {
            throw VmException.unavailable(title + " survives SIGKILL; its host is in trouble");
        }
    }
}
