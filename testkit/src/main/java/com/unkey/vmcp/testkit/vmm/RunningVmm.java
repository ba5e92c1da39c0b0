package com.unkey.vmcp.testkit.vmm;

import java.time.Duration;
import java.util.OptionalInt;

/** A VMM's process, real or played, of a test; closing it kills what still lives. */
public interface RunningVmm extends AutoCloseable {

    /** Of a played one, a pid that no process of the host has. */
    long pid();

    boolean alive();

    /** The exit code, once it is known; empty after {@code limit}. */
    OptionalInt awaitExit(Duration limit);

    /** SIGTERM. */
    void terminate();

    /** SIGKILL. */
    void kill();

    @Override
    default void close() {
        kill();
        awaitExit(Duration.ofSeconds(5));
    }
}
