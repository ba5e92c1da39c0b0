package com.unkey.vmcp.core.vm;

import java.time.Instant;
import java.util.Optional;

/** Where a VM stands, with what is true there and nowhere else. */
public sealed interface VmState {

    /** Made, never booted. */
    record Created() implements VmState {}

    /** The vCPUs run; {@code bootedAt} is the time of BootVm or of the last RebootVm. */
    record Running(Instant bootedAt) implements VmState {}

    /** The vCPUs are stopped and can run on. */
    record Paused(Instant bootedAt) implements VmState {}

    /** The guest has ended; no VMM process runs for it. */
    record Shutdown(String reason) implements VmState {}

    /** The state's name. */
    default Kind kind() {
        return switch (this) {
            case Created _ -> Kind.CREATED;
            case Running _ -> Kind.RUNNING;
            case Paused _ -> Kind.PAUSED;
            case Shutdown _ -> Kind.SHUTDOWN;
        };
    }

    /** When the guest that is there was started; empty where there is none. */
    default Optional<Instant> booted() {
        return switch (this) {
            case Running(Instant bootedAt) -> Optional.of(bootedAt);
            case Paused(Instant bootedAt) -> Optional.of(bootedAt);
            case Created _, Shutdown _ -> Optional.empty();
        };
    }

    /** Names of the states, for filters, tables and messages. */
    enum Kind {
        CREATED,
        RUNNING,
        PAUSED,
        SHUTDOWN
    }
}
