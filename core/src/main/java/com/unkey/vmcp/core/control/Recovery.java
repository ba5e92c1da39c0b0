package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmRecord;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a start makes of what it finds, and what a stop leaves to the next start. */
final class Recovery {

    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

    private final Ports ports;
    private final Settings settings;
    private final Registry registry;
    private final Strays strays;

    Recovery(Ports ports, Settings settings, Registry registry, Strays strays) {
        this.ports = ports;
        this.settings = settings;
        this.registry = registry;
        this.strays = strays;
    }

    /**
     * Takes over every recorded VM, all at the same time, sweeps up, and adopts what is left in
     * VMMs of others, whichever backend's they are.
     */
    void run(List<VmRecord> records) {
        CountDownLatch taken = new CountDownLatch(records.size());
        for (VmRecord record : records) {
            VmActor actor = new VmActor(ports, record, () -> registry.remove(record));
            registry.add(actor);
            actor.startRecorded(taken::countDown);
        }
        sweep(records);
        await(taken, records.size());
        strays.adoptAll(ports.backends(), settings.defaultBackend());
    }

    /** Removes every run directory, process included, that belongs to no recorded VM. */
    private void sweep(List<VmRecord> records) {
        Set<ShortId> owned = new HashSet<>();
        records.forEach(record -> owned.add(record.identity().shortId()));
        for (ShortId found : ports.processes().list()) {
            if (!owned.contains(found)) {
                discard(found);
            }
        }
    }

    private void discard(ShortId leftover) {
        try {
            LOG.log(Level.WARNING, "removing {0}, which belongs to no VM", leftover);
            ports.processes().discard(leftover);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "could not remove leftover " + leftover, e);
        }
    }

    private static void await(CountDownLatch taken, int all) {
        try {
            if (!taken.await(Limits.ADOPTION.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(
                        Level.WARNING,
                        "{0} of {1} VMMs have not answered yet; going on",
                        taken.getCount(),
                        all);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends every VM's thread after what it is doing now. */
    void release() {
        strays.stop();
        List<VmActor> actors = registry.actors().toList();
        actors.forEach(VmActor::stop);
        long end = System.nanoTime() + Limits.STOP.toNanos();
        for (VmActor actor : actors) {
            if (!actor.awaitEnd(end - System.nanoTime())) {
                LOG.log(
                        Level.WARNING,
                        "VM {0} is left in the middle of an operation",
                        actor.record().id());
            }
        }
    }
}
