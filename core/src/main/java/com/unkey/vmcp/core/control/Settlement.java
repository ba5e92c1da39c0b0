package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Instant;
import java.util.Optional;

/**
 * Brings a record and the truth together. One function for every occasion: a start after kill -9, a
 * failed operation, a guest that powered itself off. An open intent is finished where the VMM
 * already did it or nobody can take it back, and undone where not.
 */
final class Settlement {

    static final String FORCED = "shut down with force";

    private final VmRecord record;
    private final Instant now;

    private Settlement(VmRecord record, Instant now) {
        this.record = record;
        this.now = now;
    }

    static Verdict settle(VmRecord record, Observation seen, Instant now) {
        Settlement settlement = new Settlement(record, now);
        if (record.intends(Action.CREATE) || record.intends(Action.DELETE)) {
            return new Verdict.Remove();
        }
        if (settlement.intends(Operation.forced(Action.SHUTDOWN))) {
            return new Verdict.End(FORCED);
        }
        return settlement.by(seen);
    }

    private Verdict by(Observation seen) {
        return switch (seen) {
            case Observation.Gone(String reason) -> new Verdict.End(known(reason));
            case Observation.PoweredOff(String reason) ->
                    record.intends(Action.REBOOT) ? new Verdict.Restart() : new Verdict.End(reason);
            case Observation.GuestReset _ -> guestReset();
            case Observation.Prepared _ -> prepared();
            case Observation.Running _ -> alive(new VmState.Running(bootedAt()));
            case Observation.Paused _ -> alive(new VmState.Paused(bootedAt()));
        };
    }

    /** The end that a graceful shutdown waits for; else what a guest may do whenever it runs. */
    private Verdict guestReset() {
        if (record.state() instanceof VmState.Shutdown(String earlier)
                && !record.intends(Action.BOOT)) {
            return new Verdict.End(earlier);
        }
        return record.intends(Action.SHUTDOWN)
                ? new Verdict.End("the guest reset itself")
                : new Verdict.Restart();
    }

    /** A VM that was shut down before keeps its reason when a boot comes to nothing. */
    private String known(String reason) {
        return record.state() instanceof VmState.Shutdown(String earlier) ? earlier : reason;
    }

    private Verdict prepared() {
        if (record.intends(Action.REBOOT)) {
            return new Verdict.Start();
        }
        return switch (record.state()) {
            case VmState.Created created -> new Verdict.As(created);
            case VmState.Shutdown(String reason) -> new Verdict.End(reason);
            case VmState.Running(Instant booted) -> new Verdict.As(new VmState.Paused(booted));
            case VmState.Paused paused -> new Verdict.As(paused);
        };
    }

    private Verdict alive(VmState seen) {
        if (record.intent().map(intent -> intent.operation().graceful()).orElse(false)) {
            return new Verdict.AwaitGuest();
        }
        if (record.state() instanceof VmState.Shutdown(String reason)
                && !record.intends(Action.BOOT)) {
            return new Verdict.End(reason);
        }
        return new Verdict.As(seen);
    }

    /** When the guest that is seen was started; an open boot or reboot did it when it began. */
    private Instant bootedAt() {
        if (record.intends(Action.BOOT) || record.intends(Action.REBOOT)) {
            return record.intent().map(Intent::deadline).orElse(now);
        }
        return record.state().booted().orElse(now);
    }

    private boolean intends(Operation operation) {
        return operation().map(operation::equals).orElse(false);
    }

    private Optional<Operation> operation() {
        return record.intent().map(Intent::operation);
    }
}
