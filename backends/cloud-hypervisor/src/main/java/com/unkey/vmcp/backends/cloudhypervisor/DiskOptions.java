package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.GuestDisks;
import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.RateLimit;
import com.unkey.vmcp.core.vm.SpecRules;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** What {@code config.storage[].options} may ask for. */
record DiskOptions(
        Optional<Boolean> direct,
        OptionalInt queues,
        OptionalInt queueSize,
        Optional<String> serial,
        RateLimit rateLimit) {

    /** VIRTIO_BLK_ID_BYTES is 20. */
    private static final Pattern SERIAL = Pattern.compile("[A-Za-z0-9._-]{1,20}");

    /**
     * @param vcpus vCPUs at boot: Cloud Hypervisor refuses more queues than that
     */
    static DiskOptions read(Options options, int vcpus) {
        options.settledElsewhere("format", GuestDisks.FORMATS);
        DiskOptions read =
                new DiskOptions(
                        options.flag("direct"),
                        options.number("num_queues", 1, SpecRules.MAX_VCPUS),
                        QueueSize.read(options),
                        options.text("serial", SERIAL, "1 to 20 of A-Z a-z 0-9 . _ -"),
                        RateLimit.read(options));
        options.refuseIf(
                read.queues.orElse(1) > vcpus, "num_queues", "must be vcpu_count at the most");
        return read;
    }

    void writeTo(ObjectNode disk) {
        direct.ifPresent(on -> disk.put("direct", on));
        queues.ifPresent(count -> disk.put("num_queues", count));
        queueSize.ifPresent(size -> disk.put("queue_size", size));
        serial.ifPresent(text -> disk.put("serial", text));
        rateLimit.writeTo(disk, "rate_limiter_config");
    }
}
