package com.unkey.vmcp.core.vm;

import java.time.Instant;

/** Count and time of a record's last change. */
public record Revision(long number, Instant at) {

    public static Revision first(Instant at) {
        return new Revision(1, at);
    }

    public Revision next(Instant time) {
        return new Revision(number + 1, time);
    }
}
