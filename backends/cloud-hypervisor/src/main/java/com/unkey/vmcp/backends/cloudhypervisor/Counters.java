package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Usage;
import com.unkey.vmcp.core.port.Sample.NetworkCounters;
import com.unkey.vmcp.core.port.Sample.StorageCounters;
import com.unkey.vmcp.core.vm.VmSpec;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads {@code vm.counters}; each begins at 0 again when the guest is rebooted. */
final class Counters {

    private Counters() {}

    /** Adds up {@code vm.counters} of the spec's devices. */
    static Usage usage(Duration cpuTime, VmSpec.Devices devices, JsonNode counters) {
        return new Usage(
                cpuTime,
                network(devices.nics().stream().map(VmSpec.Nic::id).toList(), counters),
                storage(devices.disks().stream().map(VmSpec.Disk::id).toList(), counters));
    }

    private static NetworkCounters network(List<String> ids, JsonNode counters) {
        NetworkCounters sum = NetworkCounters.ZERO;
        for (String id : ids) {
            JsonNode nic = counters.path(id);
            sum =
                    sum.plus(
                            new NetworkCounters(
                                    nic.path("rx_bytes").asLong(0),
                                    nic.path("tx_bytes").asLong(0),
                                    nic.path("rx_frames").asLong(0),
                                    nic.path("tx_frames").asLong(0)));
        }
        return sum;
    }

    private static StorageCounters storage(List<String> ids, JsonNode counters) {
        StorageCounters sum = StorageCounters.ZERO;
        for (String id : ids) {
            JsonNode disk = counters.path(id);
            sum =
                    sum.plus(
                            new StorageCounters(
                                    disk.path("read_bytes").asLong(0),
                                    disk.path("write_bytes").asLong(0),
                                    disk.path("read_ops").asLong(0),
                                    disk.path("write_ops").asLong(0)));
        }
        return sum;
    }
}
