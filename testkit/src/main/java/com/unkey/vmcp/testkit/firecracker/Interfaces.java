package com.unkey.vmcp.testkit.firecracker;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The network interfaces; taps are not opened, but one can be used only once. */
final class Interfaces {

    private static final String FAILURE =
            "Network config error: Could not create the network device: ";
    private static final int LONGEST_NAME = 15;
    private static final int LEAST_MTU = 68;

    private final List<ObjectNode> interfaces = new ArrayList<>();

    /** Adds an interface, or puts it in the place of the one of the same id. */
    void insert(ObjectNode config) {
        String id = config.path("iface_id").asString();
        Predicate<JsonNode> other = each -> !each.path("iface_id").asString().equals(id);
        String mac = config.path("guest_mac").asString("");
        if (!mac.isEmpty() && interfaces.stream().filter(other).anyMatch(has("guest_mac", mac))) {
            throw new Refusal(
                    "Network config error: The MAC address is already in use: "
                            + mac.toLowerCase(Locale.ROOT));
        }
        interfaces.removeIf(other.negate());
        check(config);
        interfaces.add(config);
    }

    private void check(ObjectNode config) {
        String tap = config.path("host_dev_name").asString();
        if (tap.length() > LONGEST_NAME) {
            throw new Refusal(FAILURE + "Open tap device failed: Invalid interface name");
        }
        if (interfaces.stream().anyMatch(has("host_dev_name", tap))) {
            throw new Refusal(
                    FAILURE
                            + "Open tap device failed: Error while creating ifreq structure: Device"
                            + " or resource busy (os error 16). Invalid TUN/TAP Backend provided"
                            + " by "
                            + tap
                            + ". Check our documentation on setting up the network devices.");
        }
        JsonNode mtu = config.path("mtu");
        if (mtu.isNumber() && mtu.asInt(0) < LEAST_MTU) {
            throw new Refusal(FAILURE + "MTU " + mtu + " is out of range [68, 65535]");
        }
    }

    private static Predicate<JsonNode> has(String field, String value) {
        return each -> each.path(field).asString("").equalsIgnoreCase(value);
    }

    /** Changes the limits of an interface of a guest that runs. */
    void update(ObjectNode change) {
        interfaces.stream()
                .filter(has("iface_id", change.path("iface_id").asString()))
                .findFirst()
                .orElseThrow(
                        () ->
                                new Refusal(
                                        "Network config error: Unable to update the net device:"
                                                + " Failed perform action on device: Device not"
                                                + " found"))
                .setAll(change);
    }

    List<String> ids() {
        return interfaces.stream().map(each -> each.path("iface_id").asString()).toList();
    }

    ArrayNode told() {
        ArrayNode all = JsonMapper.shared().createArrayNode();
        interfaces.forEach(each -> all.add(each.deepCopy()));
        return all;
    }
}
