package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.RateLimit;
import com.unkey.vmcp.core.vm.SpecRules;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code config.network[].options} may ask for.
 *
 * @param ip address that the tap is given on the host; {@code mask} comes with it or neither
 * @param hostMac address that the tap is given on the host
 */
record NicOptions(
        OptionalInt mtu,
        OptionalInt queues,
        OptionalInt queueSize,
        Optional<String> ip,
        Optional<String> mask,
        Optional<String> hostMac,
        RateLimit rateLimit) {

    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile("(" + BYTE + "\\.){3}" + BYTE);
    private static final Pattern MAC =
            Pattern.compile("[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}");
    private static final String IPV4_RULE = "an IPv4 address";

    /**
     * @param vcpus vCPUs at boot: Cloud Hypervisor refuses more pairs of queues than that
     */
    static NicOptions read(Options options, int vcpus) {
        NicOptions read =
                new NicOptions(
                        options.number("mtu", 68, 65_535),
                        options.number("num_queues", 2, 2 * SpecRules.MAX_VCPUS),
                        QueueSize.read(options),
                        options.text("ip", IPV4, IPV4_RULE),
                        options.text("mask", IPV4, IPV4_RULE),
                        options.text("host_mac", MAC, "six hexadecimal pairs, unicast"),
                        RateLimit.read(options));
        options.refuseIf(
                read.queues.orElse(2) % 2 != 0,
                "num_queues",
                "must be even: one for each direction");
        options.refuseIf(
                read.queues.orElse(2) > 2 * Math.max(1, vcpus),
                "num_queues",
                "must be twice vcpu_count at the most");
        options.refuseIf(options.has("ip") && !options.has("mask"), "ip", "needs mask as well");
        options.refuseIf(options.has("mask") && !options.has("ip"), "mask", "needs ip as well");
        return read;
    }

    void writeTo(ObjectNode nic) {
        mtu.ifPresent(bytes -> nic.put("mtu", bytes));
        queues.ifPresent(count -> nic.put("num_queues", count));
        queueSize.ifPresent(size -> nic.put("queue_size", size));
        ip.ifPresent(address -> nic.put("ip", address));
        mask.ifPresent(bits -> nic.put("mask", bits));
        hostMac.ifPresent(address -> nic.put("host_mac", address));
        rateLimit.writeTo(nic, "rate_limiter_config");
    }
}
