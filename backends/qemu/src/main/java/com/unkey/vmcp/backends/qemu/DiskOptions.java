package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.GuestDisks;
import com.unkey.vmcp.backends.adapter.Options;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** What {@code config.storage[].options} may ask for. */
record DiskOptions(
        Optional<Boolean> direct,
        Optional<String> aio,
        Optional<String> serial,
        OptionalInt queues,
        OptionalInt queueSize) {

    /** VIRTIO_BLK_ID_BYTES is 20; no comma, which separates QEMU's options. */
    private static final Pattern SERIAL = Pattern.compile("[A-Za-z0-9._-]{1,20}");

    static DiskOptions read(Options options) {
        options.settledElsewhere("format", GuestDisks.FORMATS);
        DiskOptions read =
                new DiskOptions(
                        options.flag("direct"),
                        options.choice("aio", List.of("threads", "native", "io_uring")),
                        options.text("serial", SERIAL, "1 to 20 of A-Z a-z 0-9 . _ -"),
                        options.number("num_queues", 1, 256),
                        options.number("queue_size", 2, 1024));
        options.refuseIf(
                read.aio.equals(Optional.of("native")) && !read.direct.orElse(false),
                "aio",
                "needs direct=on as well for native");
        options.refuseIf(
                read.queueSize.isPresent() && Integer.bitCount(read.queueSize.getAsInt()) != 1,
                "queue_size",
                "must be a power of two");
        return read;
    }
}
