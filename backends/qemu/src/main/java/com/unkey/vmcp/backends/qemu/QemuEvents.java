package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.qemu.qmp.QmpEvent;
import com.unkey.vmcp.backends.qemu.qmp.QmpListener;
import com.unkey.vmcp.core.failure.VmException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers what QEMU tells unasked and passes on that something may have changed. */
final class QemuEvents implements QmpListener {

    private static final Logger log = LoggerFactory.getLogger(QemuEvents.class);
    private static final Set<String> CHANGES =
            Set.of("SHUTDOWN", "STOP", "RESUME", "RESET", "GUEST_PANICKED", "BLOCK_IO_ERROR");

    private final Runnable onChange;
    private final AtomicReference<CompletableFuture<Boolean>> hostReset =
            new AtomicReference<>(new CompletableFuture<>());
    private volatile Optional<String> shutdown = Optional.empty();
    private volatile boolean watching;

    QemuEvents(Runnable onChange) {
        this.onChange = onChange;
    }

    /** Begins to pass changes on; before that, whoever launches the VM looks for himself. */
    void watch() {
        watching = true;
    }

    /** Passes nothing on any more. */
    void ignore() {
        watching = false;
    }

    /** Why QEMU said that the machine stopped for good; empty where it did not. */
    Optional<String> shutdown() {
        return shutdown;
    }

    /** One that was hung when it was taken over can be looked at now. */
    @Override
    public void ready() {
        changed();
    }

    @Override
    public void event(QmpEvent event) {
        log.debug("QEMU: {} {}", event.name(), event.data());
        switch (event.name()) {
            case "SHUTDOWN" ->
                    shutdown = Optional.of(words(event.data().path("reason").asString("")));
            case "RESUME" -> shutdown = Optional.empty();
            case "RESET" -> reset(event);
            default -> {}
        }
        if (CHANGES.contains(event.name())) {
            changed();
        }
    }

    private void reset(QmpEvent event) {
        shutdown = Optional.empty();
        if (!event.data().path("guest").asBoolean(true)) {
            hostReset.get().complete(true);
        }
    }

    @Override
    public void lost(String reason) {
        log.debug("QEMU's monitor: {}", reason);
        changed();
    }

    /** Tells the control plane to look. */
    void changed() {
        if (watching) {
            onChange.run();
        }
    }

    /** Begins to wait for a reset that is about to be asked for. */
    CompletableFuture<Boolean> expectReset() {
        var expected = new CompletableFuture<Boolean>();
        hostReset.set(expected);
        return expected;
    }

    /**
     * @throws VmException unavailable where the reset is not told of in time
     */
    static void await(CompletableFuture<Boolean> reset, Duration limit) {
        try {
            boolean _ = reset.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw VmException.unavailable("QEMU did not reset the VM in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VmException.unavailable("interrupted while QEMU reset the VM", e);
        }
    }

    private static String words(String reason) {
        return switch (reason) {
            case "guest-shutdown" -> "the guest powered off";
            case "guest-panic" -> "the guest panicked";
            case "host-signal" -> "QEMU was ended by a signal";
            case "host-qmp-quit" -> "QEMU was told to quit";
            case "" -> "the guest powered off";
            default -> "the VM was shut down (" + reason + ")";
        };
    }
}
