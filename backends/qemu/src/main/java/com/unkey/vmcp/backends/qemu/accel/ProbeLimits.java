package com.unkey.vmcp.backends.qemu.accel;

import java.time.Duration;

/**
 * How long a probe may last.
 *
 * @param deadline from the start of QEMU to the verdict
 * @param cpuBudget CPU time after which a guest that is not through is held to be hopeless, however
 *     busy the host is: under a sound accelerator the whole probe needs about a tenth of it
 */
record ProbeLimits(Duration deadline, Duration cpuBudget) {
    static final ProbeLimits DEFAULT =
            new ProbeLimits(Duration.ofMillis(2_600), Duration.ofMillis(1_000));
}
