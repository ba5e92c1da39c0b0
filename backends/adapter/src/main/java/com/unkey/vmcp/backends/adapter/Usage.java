package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.port.Sample.NetworkCounters;
import com.unkey.vmcp.core.port.Sample.StorageCounters;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a guest has used, as counters tell it or added up.
 *
 * @param cpuTime of its vCPUs, all together
 */
public record Usage(Duration cpuTime, NetworkCounters network, StorageCounters storage) {

    public static final Usage ZERO =
            new Usage(Duration.ZERO, NetworkCounters.ZERO, StorageCounters.ZERO);

    /** Of a VM without devices. */
    public static Usage of(Duration cpuTime) {
        return new Usage(cpuTime, NetworkCounters.ZERO, StorageCounters.ZERO);
    }

    public Usage plus(Usage other) {
        return new Usage(
                cpuTime.plus(other.cpuTime),
                network.plus(other.network),
                storage.plus(other.storage));
    }

    /** Whether any counter is below {@code before}: the guest was rebooted in between. */
    public boolean restartedSince(Usage before) {
        return cpuTime.compareTo(before.cpuTime) < 0
                || network.bytesReceived() < before.network.bytesReceived()
                || network.bytesTransmitted() < before.network.bytesTransmitted()
                || storage.bytesRead() < before.storage.bytesRead()
                || storage.bytesWritten() < before.storage.bytesWritten()
                || storage.readOperations() < before.storage.readOperations()
                || storage.writeOperations() < before.storage.writeOperations();
    }

    /** For {@link #of(JsonNode)} to read. */
    public ObjectNode json() {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.put("cpu_nanos", cpuTime.toNanos());
        node.put("rx_bytes", network.bytesReceived()).put("tx_bytes", network.bytesTransmitted());
        node.put("rx_frames", network.packetsReceived());
        node.put("tx_frames", network.packetsTransmitted());
        node.put("read_bytes", storage.bytesRead()).put("write_bytes", storage.bytesWritten());
        node.put("read_ops", storage.readOperations()).put("write_ops", storage.writeOperations());
        return node;
    }

    /** What {@link #json()} made; zero where nothing is. */
    public static Usage of(JsonNode node) {
        return new Usage(
                Duration.ofNanos(node.path("cpu_nanos").asLong(0)),
                new NetworkCounters(
                        node.path("rx_bytes").asLong(0),
                        node.path("tx_bytes").asLong(0),
                        node.path("rx_frames").asLong(0),
                        node.path("tx_frames").asLong(0)),
                new StorageCounters(
                        node.path("read_bytes").asLong(0),
                        node.path("write_bytes").asLong(0),
                        node.path("read_ops").asLong(0),
                        node.path("write_ops").asLong(0)));
    }
}
