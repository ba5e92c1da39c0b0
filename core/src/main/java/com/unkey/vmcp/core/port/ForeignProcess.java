package com.unkey.vmcp.core.port;

/**
 * A process that somebody else started and ends: it is looked at and never signalled. Held until it
 * is closed or has exited.
 */
public interface ForeignProcess extends WatchedProcess, AutoCloseable {

    /** Looks away; the process is left alone, and its exit is told to nobody. Idempotent. */
    @Override
    void close();
}
