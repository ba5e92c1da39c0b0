package com.unkey.vmcp.backends.adapter.config;

import com.unkey.vmcp.core.port.ProcessHost;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What a backend is given of the daemon that opens it.
 *
 * @param processes how it starts, finds and watches VMMs, and where their run directories are
 * @param directory of its own in the state directory, made, mode 0700: for what outlives daemons
 *     and belongs to no single VM
 * @param closing takes what is to be closed when the daemon ends, the last first
 */
public record Site(ProcessHost processes, Path directory, Consumer<AutoCloseable> closing) {

    /** Leaves it to the daemon to close {@code resource}. */
    public <T extends AutoCloseable> T closeAtEnd(T resource) {
        closing.accept(resource);
        return resource;
    }
}
