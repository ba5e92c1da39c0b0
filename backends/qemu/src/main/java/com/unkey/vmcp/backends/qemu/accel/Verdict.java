package com.unkey.vmcp.backends.qemu.accel;

import java.time.Duration;

/** What one run of the probe guest showed. */
public sealed interface Verdict {
    /** Every stage passed. */
    record Fit(Duration took) implements Verdict {}

    /**
     * The accelerator does not run what Linux needs. The reason is for operators: it names the
     * stage at which the guest ended and, where QEMU said something, its last words.
     */
    record Unfit(String reason) implements Verdict {}

    /**
     * Nothing was proved: the deadline passed with the guest stuck or the host too busy to run it,
     * or QEMU refused to start or was killed. Worth asking again later, and never worth writing
     * down.
     *
     * @param stage where the guest stood, or {@code start} when it had not begun
     */
    record Undecided(String stage, String reason) implements Verdict {}
}
