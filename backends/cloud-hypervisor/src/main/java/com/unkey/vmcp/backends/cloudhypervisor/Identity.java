package com.unkey.vmcp.backends.cloudhypervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * By what a VM is known in a VMM that others use too: what it boots, its disks and the addresses of
 * its network interfaces. Cloud Hypervisor has no names for VMs.
 */
record Identity(
        String kernel, String firmware, String commandLine, List<String> disks, List<String> macs) {

    Identity {
        disks = List.copyOf(disks);
        macs = List.copyOf(macs);
    }

    /**
     * @param config as {@code vm.create} takes it or {@code vm.info} tells it
     */
    static Identity of(JsonNode config) {
        JsonNode payload = config.path("payload");
        return new Identity(
                payload.path("kernel").asString(""),
                payload.path("firmware").asString(""),
                payload.path("cmdline").asString(""),
                each(config.path("disks"), "path"),
                each(config.path("net"), "mac"));
    }

    private static List<String> each(JsonNode devices, String field) {
        List<String> values = new ArrayList<>();
        for (JsonNode device : devices) {
            values.add(device.path(field).asString("").toLowerCase(Locale.ROOT));
        }
        return values;
    }
}
