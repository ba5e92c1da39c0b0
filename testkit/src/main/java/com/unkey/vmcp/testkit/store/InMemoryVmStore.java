package com.unkey.vmcp.testkit.store;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.VmStore;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A store that keeps its promises for as long as the test lives. What a method has returned from is
 * durable here too: {@link #crash()} ends this store as a kill would and gives one that was opened
 * on what it left.
 */
public final class InMemoryVmStore implements VmStore {

    private final Map<VmId, VmRecord> records = new HashMap<>();
    private final Deque<VmFailure> failures = new ArrayDeque<>();
    private final Secret secret;
    private long lastSequence;
    private int writes;
    private boolean closed;

    public InMemoryVmStore() {
        this(new Contents(List.of(), 0, newSecret()));
    }

    private InMemoryVmStore(Contents left) {
        left.records().forEach(record -> records.put(record.id(), record));
        this.lastSequence = left.lastSequence();
        this.secret = left.secret();
    }

    @Override
    public synchronized Contents load() {
        checkOpen();
        return durable();
    }

    @Override
    public synchronized void insert(VmRecord record) {
        beginWrite();
        checkFree(record);
        records.put(record.id(), record);
        lastSequence = Math.max(lastSequence, record.identity().sequence());
        writes++;
    }

    @Override
    public synchronized void update(VmRecord record) {
        beginWrite();
        VmRecord before = records.get(record.id());
        if (before == null || before.identity().sequence() != record.identity().sequence()) {
            throw new VmException(new VmFailure.UnknownVm(record.id()));
        }
        records.put(record.id(), record);
        writes++;
    }

    @Override
    public synchronized void delete(VmId id) {
        beginWrite();
        records.remove(id);
        writes++;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    /** The next {@code count} writes change nothing and throw {@code failure}. */
    public synchronized void failNextWrites(int count, VmFailure failure) {
        failures.addAll(Collections.nCopies(count, failure));
    }

    /** Writes that have succeeded since this store was opened. */
    public synchronized int writes() {
        return writes;
    }

    /** What a restart would find if the daemon died now; also of a store that is closed. */
    public synchronized Contents durable() {
        Comparator<VmRecord> bySequence = Comparator.comparingLong(r -> r.identity().sequence());
        List<VmRecord> ordered = records.values().stream().sorted(bySequence).toList();
        return new Contents(ordered, lastSequence, secret);
    }

    /** Ends this store, so that nothing gets past this moment, and opens what it left. */
    public synchronized InMemoryVmStore crash() {
        close();
        return new InMemoryVmStore(durable());
    }

    private void beginWrite() {
        checkOpen();
        VmFailure failure = failures.poll();
        if (failure != null) {
            throw new VmException(failure);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw VmException.unavailable("the store is closed");
        }
    }

    private void checkFree(VmRecord record) {
        if (records.containsKey(record.id())) {
            throw new VmException(new VmFailure.Duplicate(record.id()));
        }
        if (records.values().stream().anyMatch(other -> collide(record, other))) {
            throw VmException.unavailable(
                    "insert of vm_id \"" + record.id() + "\": its short id or sequence is taken");
        }
    }

    private static boolean collide(VmRecord one, VmRecord other) {
        return one.identity().shortId().equals(other.identity().shortId())
                || one.identity().sequence() == other.identity().sequence();
    }

    private static Secret newSecret() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return new Secret(bytes);
    }
}
