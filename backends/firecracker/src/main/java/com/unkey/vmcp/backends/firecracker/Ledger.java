package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.Usage;
import java.time.Duration;

/**
 * Adds up what a VM has used since BootVm, over the processes that it has had and over daemons.
 * What was read and what it adds up to is noted in one write, so that nothing is counted twice.
 * What a guest that ends its process used after the last look is lost; nobody kept it.
 */
final class Ledger {

    private final Notebook<LaunchNote> notebook;

    Ledger(Notebook<LaunchNote> notebook) {
        this.notebook = notebook;
    }

    /**
     * All that was used.
     *
     * @param cpuTime of the present process
     */
    synchronized Usage total(MetricsFile metrics, Duration cpuTime) {
        notebook.change(note -> counting(note) ? read(note, metrics, cpuTime) : note);
        LaunchNote note = notebook.require();
        return note.before().plus(note.now().usage());
    }

    /** Between two processes the files may be those of the old one. */
    private static boolean counting(LaunchNote note) {
        return note.stage() != LaunchNote.Stage.STARTING;
    }

    private static LaunchNote read(LaunchNote note, MetricsFile metrics, Duration cpuTime) {
        return note.with(metrics.after(note.now()).at(cpuTime));
    }

    /** The present process is about to be ended for another; what it used is noted. */
    synchronized void ending(MetricsFile metrics, Duration cpuTime) {
        notebook.change(
                note ->
                        (counting(note) ? read(note, metrics, cpuTime) : note)
                                .with(LaunchNote.Stage.ENDING));
    }

    /** It is gone: what it wrote last is added, and the next begins at 0. */
    synchronized void reckon(MetricsFile metrics) {
        notebook.change(
                note -> (counting(note) ? read(note, metrics, Duration.ZERO) : note).reckoned());
    }
}
