package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The one VMM of somebody else's at a socket, and which of our VMs it is kept for: from CreateVm to
 * DeleteVm, whether it lives or not. Thread-safe.
 */
public final class Endpoint {

    private final String title;
    private final Path socket;
    private final ReentrantLock making = new ReentrantLock();
    private Optional<ShortId> tenant = Optional.empty();

    /**
     * @param title what the VMM calls itself
     */
    Endpoint(String title, Path socket) {
        this.title = title;
        this.socket = socket;
    }

    public Path socket() {
        return socket;
    }

    /**
     * Does what asks for a VM in the VMM and then decides by whose it is: a VM that is being made
     * must not be taken for somebody else's.
     */
    public <T> T exclusively(Supplier<T> work) {
        making.lock();
        try {
            return work.get();
        } finally {
            making.unlock();
        }
    }

    /**
     * Keeps the place for a VM.
     *
     * @throws VmException limit reached where another VM has it
     */
    public synchronized void take(ShortId id) {
        if (tenant.isPresent() && !tenant.get().equals(id)) {
            throw full();
        }
        tenant = Optional.of(id);
    }

    /** What somebody is told who wants a VM more. */
    public VmException full() {
        return new VmException(
                new VmFailure.LimitReached(
                        "the "
                                + title
                                + " at the configured endpoint holds a VM already, and it has"
                                + " room for one; delete that one first"));
    }

    synchronized void leave(ShortId id) {
        tenant = tenant.filter(other -> !other.equals(id));
    }

    public synchronized boolean isFree() {
        return tenant.isEmpty();
    }
}
