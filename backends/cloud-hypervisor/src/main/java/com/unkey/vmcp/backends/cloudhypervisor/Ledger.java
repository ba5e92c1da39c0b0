package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.Usage;

/**
 * Adds up what a VM has used since BootVm, over reboots, which set its counters to 0, and over
 * daemons. What a guest that reboots itself used after the last look is lost; nobody kept it.
 */
final class Ledger {

    private final Notebook<LaunchNote> notebook;
    private Usage before;
    private Usage last;

    Ledger(Notebook<LaunchNote> notebook) {
        this.notebook = notebook;
        LaunchNote note = notebook.require();
        this.before = note.before();
        this.last = note.last();
    }

    /** The VM was booted: everything counts from 0. */
    synchronized void booted() {
        before = Usage.ZERO;
        last = Usage.ZERO;
        notebook.change(LaunchNote::booted);
    }

    /** All that was used, now that the counters stand at {@code now}. */
    synchronized Usage total(Usage now) {
        if (now.restartedSince(last)) {
            before = before.plus(last);
            last = now;
            save();
        }
        last = now;
        return before.plus(now);
    }

    /**
     * The guest is about to be rebooted. On disk this says where the counters stand, so that a
     * daemon that comes after a kill sees by them whether it was.
     */
    synchronized void rebooting(Usage now) {
        total(now);
        save();
    }

    /** The guest was rebooted and its counters are at 0 again. */
    synchronized void rebooted() {
        before = before.plus(last);
        last = Usage.ZERO;
        save();
    }

    private void save() {
        notebook.change(note -> note.withUsage(before, last));
    }
}
