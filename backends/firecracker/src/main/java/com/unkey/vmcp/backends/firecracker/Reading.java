package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Usage;
import java.time.Duration;

/**
 * What one process has told of its guest so far. Firecracker writes how much was added since it
 * last wrote, so what was read and what it adds up to belong together.
 *
 * @param offset in the metrics file up to which lines are added up
 * @param usage what they come to
 */
record Reading(long offset, Usage usage) {

    static final Reading NONE = new Reading(0, Usage.ZERO);

    /** The same with the processor's time of now; it never goes back. */
    Reading at(Duration cpuTime) {
        Duration latest = cpuTime.compareTo(usage.cpuTime()) > 0 ? cpuTime : usage.cpuTime();
        return new Reading(offset, new Usage(latest, usage.network(), usage.storage()));
    }
}
