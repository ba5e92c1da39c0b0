package com.unkey.vmcp.core.vm;

import java.time.Instant;
import java.util.Optional;

/**
 * The durable truth about one VM. Immutable: a change is a new record, stored before anybody is
 * told.
 *
 * @param intent the operation under way, if any
 * @param lastExit how the guest ended the last time, if it ever did
 */
public record VmRecord(
        VmIdentity identity,
        VmDefinition definition,
        VmState state,
        Optional<Intent> intent,
        Optional<String> lastExit,
        Revision revision) {

    public VmId id() {
        return identity.id();
    }

    /** Whether an operation of that kind is under way. */
    public boolean intends(Action action) {
        return intent.map(begun -> begun.operation().action() == action).orElse(false);
    }

    /** Whether the guest has ended and nothing is under way. */
    public boolean atRest() {
        return intent.isEmpty() && state instanceof VmState.Shutdown;
    }

    /** The record with an operation under way. */
    public VmRecord begin(Intent begun, Instant now) {
        return new VmRecord(
                identity, definition, state, Optional.of(begun), lastExit, revision.next(now));
    }

    /** The record with nothing under way, in the given state. */
    public VmRecord settle(VmState reached, Instant now) {
        Optional<String> exit =
                reached instanceof VmState.Shutdown(String reason) ? Optional.of(reason) : lastExit;
        return new VmRecord(
                identity, definition, reached, Optional.empty(), exit, revision.next(now));
    }
}
