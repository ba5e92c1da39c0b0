package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.Revision;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes VMs of ours of those that are found in a VMM which somebody else started. One gets its
 * record first, as if it had been created, and is taken over like any recorded VM then; a daemon
 * that dies in between finds the record and goes on. Safe on every thread.
 */
final class Strays {

    private static final System.Logger LOG = System.getLogger(Strays.class.getName());

    private final Ports ports;
    private final Registry registry;
    private final Map<BackendName, ReentrantLock> locks = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    Strays(Ports ports, Registry registry) {
        this.ports = ports;
        this.registry = registry;
    }

    /**
     * Looks for VMs of every backend, for each on a thread of its own, and adopts what is found.
     * Waits until all that is looked for first has been, and but a moment for the others: a VMM
     * that does not answer and that nobody has asked for holds up no start.
     */
    void adoptAll(List<Hypervisor> backends, BackendName first) {
        long begun = System.nanoTime();
        Map<BackendName, CountDownLatch> looks = new LinkedHashMap<>();
        backends.forEach(backend -> looks.put(backend.name(), look(backend)));
        looks.forEach(
                (name, looked) -> {
                    Duration limit = name.equals(first) ? Limits.ADOPTION : Limits.GLANCE;
                    await(looked, limit.minusNanos(System.nanoTime() - begun));
                });
    }

    private CountDownLatch look(Hypervisor backend) {
        CountDownLatch looked = new CountDownLatch(1);
        Threads.start(
                "strays of " + backend.name(),
                () -> {
                    try {
                        adopt(backend);
                    } finally {
                        looked.countDown();
                    }
                });
        return looked;
    }

    /** Takes what is found now; trouble is logged, and the next call tries again. */
    void adopt(Hypervisor backend) {
        ReentrantLock looking = locks.computeIfAbsent(backend.name(), _ -> new ReentrantLock());
        looking.lock();
        try {
            boolean doubtful = inDoubt(backend.name());
            List<VmDefinition> found = backend.strays();
            if (doubtful && !found.isEmpty()) {
                LOG.log(Level.WARNING, "{0}: VMs found may be recorded ones", backend.name());
            } else {
                found.stream()
                        .takeWhile(_ -> !stopped)
                        .forEach(definition -> adopt(backend.name(), definition));
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, backend.name() + ": VMs of others cannot be adopted", e);
        } finally {
            looking.unlock();
        }
    }

    /** While a recorded VM has not been found or missed, whatever is found may be that one. */
    private boolean inDoubt(BackendName backend) {
        return registry.actors()
                .filter(actor -> actor.record().identity().backend().equals(backend))
                .anyMatch(actor -> !actor.lifecycle().known());
    }

    private void adopt(BackendName backend, VmDefinition definition) {
        VmRecord record = record(backend, definition);
        ports.store().insert(record);
        LOG.log(Level.INFO, "{0}: a VM that was found is VM {1} now", backend, record.id());
        VmActor actor = new VmActor(ports, record, () -> registry.remove(record));
        registry.add(actor);
        CountDownLatch taken = new CountDownLatch(1);
        actor.startRecorded(taken::countDown);
        await(taken, Limits.ADOPTION);
    }

    /** CREATED until it is looked at: the record follows what is seen. */
    private VmRecord record(BackendName backend, VmDefinition definition) {
        Instant now = ports.clock().instant();
        return new VmRecord(
                new VmIdentity(
                        ports.ids().vmId(),
                        ports.ids().shortId(),
                        registry.nextSequence(),
                        backend,
                        now),
                definition,
                new VmState.Created(),
                Optional.empty(),
                Optional.empty(),
                Revision.first(now));
    }

    /** A VM that takes longer leaves its backend in doubt, and is not adopted again. */
    private static void await(CountDownLatch taken, Duration limit) {
        try {
            var _ = taken.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Adopts nothing from now on: a look that is still under way finds in vain. */
    void stop() {
        stopped = true;
    }
}
