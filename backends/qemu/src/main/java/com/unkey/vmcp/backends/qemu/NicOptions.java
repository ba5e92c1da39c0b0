package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.Options;
import java.util.Optional;
import java.util.OptionalInt;

/** What {@code config.network[].options} may ask for. */
record NicOptions(OptionalInt mtu, OptionalInt queues, Optional<Boolean> vhost) {

    static NicOptions read(Options options) {
        return new NicOptions(
                options.number("mtu", 68, 65_535),
                options.number("queues", 1, 16),
                options.flag("vhost"));
    }
}
