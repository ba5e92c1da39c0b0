package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.port.FailPoints.Point;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Instant;

/**
 * The one place where a VM's record changes: each change is durable first and seen by others after.
 *
 * <p>Written by the VM's own thread, read by any.
 */
final class Journal {

    private final Ports ports;
    private volatile VmRecord record;

    Journal(Ports ports, VmRecord record) {
        this.ports = ports;
        this.record = record;
    }

    VmRecord record() {
        return record;
    }

    Instant now() {
        return ports.clock().instant();
    }

    /** Adds a VM that is being created. */
    void insert() {
        ports.store().insert(record);
        ports.failPoints().reach(Point.INTENT_RECORDED, Action.CREATE);
    }

    /** Records that an operation begins. */
    void begin(Intent intent) {
        publish(record.begin(intent, now()));
        ports.failPoints().reach(Point.INTENT_RECORDED, intent.operation().action());
    }

    /** Records the outcome of an operation. */
    void conclude(Action action, VmState reached) {
        ports.failPoints().reach(Point.ACTED, action);
        settle(reached);
        ports.failPoints().reach(Point.OUTCOME_RECORDED, action);
    }

    /** Records a state that was come to without an operation, unless it is recorded already. */
    void settle(VmState state) {
        if (record.intent().isPresent() || !record.state().equals(state)) {
            publish(record.settle(state, now()));
        }
    }

    /** Removes the record of a VM that is gone. */
    void remove() {
        ports.store().delete(record.id());
    }

    private void publish(VmRecord next) {
        ports.store().update(next);
        record = next;
    }
}
