package com.unkey.vmcp.backends.cloudhypervisor;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what one VMM tells unasked and passes on what the control plane does not know yet. The
 * file is kept by the VMM, not by the daemon, so a daemon that was away reads what it missed.
 *
 * <p>An event may come before or after the answer to the call that caused it; those of our own
 * calls are expected and not passed on.
 */
final class EventMonitor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventMonitor.class);
    private static final Set<String> RUNNING = Set.of("booted", "resumed", "rebooted");
    private static final Set<String> ENDED = Set.of("shutdown", "deleted");

    private final RunFiles files;
    private final EventReader reader;
    private final Runnable onChange;
    private EventFiles.@Nullable Watching watching;

    /** Unknown until a call of ours changes the VM: then everything is news. */
    private VmInfo.@Nullable State expected;

    private @Nullable VmEvent last;
    private boolean ran;
    private volatile boolean closed;

    EventMonitor(RunFiles files, Runnable onChange) {
        this.files = files;
        this.reader = new EventReader(files.events());
        this.onChange = onChange;
    }

    /** Begins to pass on, what happened before included. */
    void watch(EventFiles eventFiles) {
        synchronized (this) {
            watching = eventFiles.follow(files.eventDirectory(), this::catchUp);
        }
        catchUp();
    }

    /** Reads what has been written and passes on what is news. */
    void catchUp() {
        boolean news = false;
        synchronized (this) {
            for (VmEvent event : reader.read()) {
                remember(event);
                news |= unexpected(event);
            }
        }
        if (news && !closed) {
            onChange.run();
        }
    }

    /** What our own calls are about to make of the VM. */
    synchronized void expect(VmInfo.State state) {
        expected = state;
    }

    /** Whether the vCPUs have ever run in this VMM. */
    synchronized boolean ran() {
        return ran;
    }

    /** What was told last. */
    synchronized Optional<VmEvent> last() {
        return Optional.ofNullable(last);
    }

    /** The VMM is gone; its last words are read before anybody asks. */
    void processEnded() {
        catchUp();
        if (!closed) {
            onChange.run();
        }
    }

    private void remember(VmEvent event) {
        log.debug("{}: {}", files.directory().getFileName(), event);
        last = event;
        ran |= event.source().equals("vm") && RUNNING.contains(event.name());
    }

    private boolean unexpected(VmEvent event) {
        return switch (event.source()) {
            case "vm" -> unexpected(event.name());
            case "vmm" -> event.equals(VmEvent.VMM_SHUTDOWN);
            case "guest" -> true;
            default -> false;
        };
    }

    private boolean unexpected(String event) {
        if (ENDED.contains(event)) {
            return expected != VmInfo.State.CREATED;
        }
        if (event.equals("paused")) {
            return expected != VmInfo.State.PAUSED;
        }
        return RUNNING.contains(event) && expected != VmInfo.State.RUNNING;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (watching != null) {
            watching.end();
            watching = null;
        }
    }
}
