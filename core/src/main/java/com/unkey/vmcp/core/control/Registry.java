package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** All VMs of the daemon, by id and in order of creation. Safe on every thread. */
final class Registry {

    private final ConcurrentHashMap<VmId, VmActor> byId = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Long, VmActor> bySequence = new ConcurrentSkipListMap<>();
    private final AtomicLong lastSequence;

    Registry(long lastSequence) {
        this.lastSequence = new AtomicLong(lastSequence);
    }

    long nextSequence() {
        return lastSequence.incrementAndGet();
    }

    /**
     * Adds a VM.
     *
     * @throws VmException duplicate where the id is taken
     */
    void add(VmActor actor) {
        VmRecord record = actor.record();
        requireFree(record.id(), byId.putIfAbsent(record.id(), actor) == null);
        bySequence.put(record.identity().sequence(), actor);
    }

    /**
     * Makes sure early that an id is free.
     *
     * @throws VmException duplicate where it is taken
     */
    void requireFree(VmId id) {
        requireFree(id, !byId.containsKey(id));
    }

    private static void requireFree(VmId id, boolean free) {
        if (!free) {
            throw new VmException(new VmFailure.Duplicate(id));
        }
    }

    void remove(VmRecord record) {
        bySequence.remove(record.identity().sequence());
        byId.remove(record.id());
    }

    /**
     * The VM of that id, also one that is being created.
     *
     * @throws VmException where there is none
     */
    VmActor require(VmId id) {
        return Optional.ofNullable(byId.get(id))
                .orElseThrow(() -> new VmException(new VmFailure.UnknownVm(id)));
    }

    /**
     * The VM of that id, once it is created.
     *
     * @throws VmException where there is none
     */
    VmActor requireCreated(VmId id) {
        VmActor actor = require(id);
        if (!created(actor.record())) {
            throw new VmException(new VmFailure.UnknownVm(id));
        }
        return actor;
    }

    /** Records of all created VMs, in order of creation. */
    Stream<VmRecord> records() {
        return bySequence.values().stream().map(VmActor::record).filter(Registry::created);
    }

    Stream<VmActor> actors() {
        return bySequence.values().stream();
    }

    private static boolean created(VmRecord record) {
        return !record.intends(Action.CREATE);
    }
}
