package com.unkey.vmcp.testkit.vmm;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pids of the fakes in this JVM, beyond any that Linux gives, so that none can be mistaken for a
 * process. Safe on every thread.
 */
public final class FakePids {

    private static final AtomicLong LAST = new AtomicLong(5_000_000);
    private static final Map<Long, PlayedVmm> LIVING = new ConcurrentHashMap<>();

    private FakePids() {}

    public static long next() {
        return LAST.incrementAndGet();
    }

    static void add(PlayedVmm process) {
        LIVING.put(process.pid(), process);
        process.onExit(_ -> LIVING.remove(process.pid()));
    }

    static Optional<PlayedVmm> find(long pid) {
        return Optional.ofNullable(LIVING.get(pid)).filter(PlayedVmm::alive);
    }
}
