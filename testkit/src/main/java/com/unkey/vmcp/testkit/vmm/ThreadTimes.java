package com.unkey.vmcp.testkit.vmm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/** Thread ids of the vCPUs: new ones for each start, never used again. Safe on every thread. */
final class ThreadTimes {

    private static final int IDS_PER_START = 1000;

    private final long pid;
    private final String vcpu;
    private final Map<PlayedGuest, Long> firstIds = new WeakHashMap<>();
    private long starts;

    ThreadTimes(long pid, String vcpu) {
        this.pid = pid;
        this.vcpu = vcpu;
    }

    List<Long> of(PlayedGuest guest, int vcpus, String prefix) {
        long first = firstId(guest);
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < vcpus; i++) {
            if ((vcpu + i).startsWith(prefix)) {
                ids.add(first + i);
            }
        }
        return ids;
    }

    /** The one thread that plays the guest is busy for the first vCPU; the others have idled. */
    Duration time(PlayedGuest guest, List<Long> ids) {
        return ids.contains(firstId(guest)) ? guest.ranFor() : Duration.ZERO;
    }

    private synchronized long firstId(PlayedGuest guest) {
        return firstIds.computeIfAbsent(guest, _ -> pid * 1_000_000 + IDS_PER_START * starts++);
    }
}
