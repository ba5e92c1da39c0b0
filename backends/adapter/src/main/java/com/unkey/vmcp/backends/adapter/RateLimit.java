package com.unkey.vmcp.backends.adapter;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/**
 * Token buckets for a disk or a network interface: the options {@code bw_*} in bytes, {@code ops_*}
 * in operations, refill times in milliseconds. Cloud Hypervisor and Firecracker have the same ones.
 */
public record RateLimit(Optional<Bucket> bandwidth, Optional<Bucket> operations) {

    /** The limiter rests for this long after each refusal, so a shorter refill is not kept to. */
    private static final long LEAST_REFILL_MILLIS = 100;

    private static final long MOST_REFILL_MILLIS = 86_400_000;
    private static final long MOST_TOKENS = 1L << 56;

    /**
     * A token bucket.
     *
     * @param size tokens in each refill
     * @param burst tokens that are there once, at the start
     */
    public record Bucket(long size, OptionalLong burst, long refillMillis) {

        private static Optional<Bucket> read(Options options, String prefix) {
            OptionalLong size = options.number(prefix + "size", 1L, MOST_TOKENS);
            OptionalLong burst = options.number(prefix + "one_time_burst", 1L, MOST_TOKENS);
            OptionalLong refill =
                    options.number(prefix + "refill_time", LEAST_REFILL_MILLIS, MOST_REFILL_MILLIS);
            requireBoth(options, prefix);
            return size.isPresent() && refill.isPresent()
                    ? Optional.of(new Bucket(size.getAsLong(), burst, refill.getAsLong()))
                    : Optional.empty();
        }

        /** Size and refill time make a rate together, and nothing each alone. */
        private static void requireBoth(Options options, String prefix) {
            boolean both = options.has(prefix + "size") && options.has(prefix + "refill_time");
            for (String part : List.of("size", "refill_time", "one_time_burst")) {
                options.refuseIf(
                        options.has(prefix + part) && !both,
                        prefix + part,
                        "needs %ssize and %srefill_time, both".formatted(prefix, prefix));
            }
        }

        private void writeTo(ObjectNode node) {
            node.put("size", size).put("refill_time", refillMillis);
            burst.ifPresent(tokens -> node.put("one_time_burst", tokens));
        }
    }

    /** Reads the options that make a limit. */
    public static RateLimit read(Options options) {
        return new RateLimit(Bucket.read(options, "bw_"), Bucket.read(options, "ops_"));
    }

    /**
     * Adds the limit, where there is one, to a device's configuration.
     *
     * @param field what the VMM calls it there
     */
    public void writeTo(ObjectNode device, String field) {
        if (bandwidth.isEmpty() && operations.isEmpty()) {
            return;
        }
        ObjectNode limiter = device.putObject(field);
        bandwidth.ifPresent(bucket -> bucket.writeTo(limiter.putObject("bandwidth")));
        operations.ifPresent(bucket -> bucket.writeTo(limiter.putObject("ops")));
    }
}
