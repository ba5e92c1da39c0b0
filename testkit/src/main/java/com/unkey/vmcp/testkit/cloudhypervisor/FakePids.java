package com.unkey.vmcp.testkit.cloudhypervisor;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pids of the fakes in this JVM, beyond any that Linux gives, so that none can be mistaken for a
 * process. Safe on every thread.
 */
final class FakePids {

    private static final AtomicLong LAST = new AtomicLong(5_000_000);
    private static final Map<Long, FakeCloudHypervisor> LIVING = new ConcurrentHashMap<>();

    private FakePids() {}

    static long next() {
        return LAST.incrementAndGet();
    }

    static void add(FakeCloudHypervisor process) {
        LIVING.put(process.pid(), process);
        process.onExit(_ -> LIVING.remove(process.pid()));
    }

    static Optional<FakeCloudHypervisor> find(long pid) {
        return Optional.ofNullable(LIVING.get(pid)).filter(FakeCloudHypervisor::alive);
    }
}
