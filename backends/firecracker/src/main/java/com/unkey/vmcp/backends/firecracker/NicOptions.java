package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.RateLimit;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/** What {@code config.network[].options} may ask for. */
record NicOptions(OptionalInt mtu, RateLimit rateLimit) {

    static NicOptions read(Options options) {
        return new NicOptions(options.number("mtu", 68, 65_535), RateLimit.read(options));
    }

    /** Each direction gets the limit. */
    void writeTo(ObjectNode nic) {
        mtu.ifPresent(bytes -> nic.put("mtu", bytes));
        rateLimit.writeTo(nic, "rx_rate_limiter");
        rateLimit.writeTo(nic, "tx_rate_limiter");
    }
}
