package com.unkey.vmcp.supervision;

import java.io.IOException;
import java.time.Duration;

/** The units in which this host's kernel counts. */
record HostUnits(long ticksPerSecond, long pageBytes) {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    static HostUnits read() throws IOException {
        return new HostUnits(Libc.sysconf(Libc.SC_CLK_TCK), Libc.sysconf(Libc.SC_PAGESIZE));
    }

    Duration time(long ticks) {
        long rest = ticks % ticksPerSecond * NANOS_PER_SECOND / ticksPerSecond;
        return Duration.ofSeconds(ticks / ticksPerSecond, rest);
    }

    long bytes(long pages) {
        return pages * pageBytes;
    }
}
