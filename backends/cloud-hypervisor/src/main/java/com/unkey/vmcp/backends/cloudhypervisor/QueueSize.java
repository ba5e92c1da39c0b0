package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Options;
import java.util.OptionalInt;

/** Entries of a split virtqueue: a power of two, virtio 1.2 section 2.7. */
final class QueueSize {

    private static final String NAME = "queue_size";

    private QueueSize() {}

    static OptionalInt read(Options options) {
        OptionalInt size = options.number(NAME, 2, 32_768);
        options.refuseIf(
                size.isPresent() && Integer.bitCount(size.getAsInt()) != 1,
                NAME,
                "must be a power of two");
        return size;
    }
}
