package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.RateLimit;
import com.unkey.vmcp.core.port.OptionValues;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code config.storage[].options} may ask for. Values are spelled as Firecracker spells them.
 *
 * @param partition of the root disk that the guest is told to mount
 */
record DiskOptions(
        Optional<String> engine,
        Optional<String> cache,
        Optional<String> partition,
        RateLimit rateLimit) {

    private static final OptionValues RAW =
            new OptionValues.Choice(List.of(DiskFormat.RAW.label()));

    private static final String PARTITION = "partuuid";
    private static final Pattern PARTITION_ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

    /**
     * @param root whether the guest is told to mount this disk by us, and not by the client
     */
    static DiskOptions read(Options options, boolean root) {
        options.settledElsewhere("format", RAW);
        DiskOptions read =
                new DiskOptions(
                        options.choice("io_engine", List.of("Sync", "Async")),
                        options.choice("cache_type", List.of("Unsafe", "Writeback")),
                        options.text(PARTITION, PARTITION_ID, "1 to 64 of A-Z a-z 0-9 -"),
                        RateLimit.read(options));
        options.refuseIf(
                read.partition.isPresent() && !root,
                PARTITION,
                "needs is_root_device and kernel_args without root=");
        return read;
    }

    void writeTo(ObjectNode drive) {
        engine.ifPresent(name -> drive.put("io_engine", name));
        cache.ifPresent(type -> drive.put("cache_type", type));
        rateLimit.writeTo(drive, "rate_limiter");
    }
}
