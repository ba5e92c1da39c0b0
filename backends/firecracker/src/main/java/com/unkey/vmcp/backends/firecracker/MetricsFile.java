package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Usage;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Sample.NetworkCounters;
import com.unkey.vmcp.core.port.Sample.StorageCounters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The metrics that one process writes: a JSON object a line, each with what was added since the one
 * before. Parts of the file that were freed read as zeros.
 */
final class MetricsFile {

    private static final Logger log = LoggerFactory.getLogger(MetricsFile.class);
    private static final ObjectMapper JSON = JsonMapper.shared();
    private static final int PART_BYTES = 64 << 10;

    /** What every line has; the end of one whose beginning was freed has it not. */
    private static final String TIME = "utc_timestamp_ms";

    private final Path file;
    private final DeviceIds ids;

    MetricsFile(Path file, DeviceIds ids) {
        this.file = file;
        this.ids = ids;
    }

    /** Reads on from where somebody stopped; a line that is not whole yet is left for later. */
    Reading after(Reading read) {
        if (ids.isEmpty()) {
            return read;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            channel.position(read.offset());
            return lines(channel, read);
        } catch (NoSuchFileException e) {
            return read;
        } catch (IOException e) {
            throw VmException.unavailable("Firecracker's metrics cannot be read", e);
        }
    }

    private Reading lines(SeekableByteChannel channel, Reading before) throws IOException {
        Reading read = before;
        long position = read.offset();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer part = ByteBuffer.allocate(PART_BYTES);
        while (channel.read(part.clear()) > 0) {
            part.flip();
            while (part.hasRemaining()) {
                byte next = part.get();
                position++;
                if (next == '\n') {
                    read = new Reading(position, read.usage().plus(added(line)));
                    line.reset();
                } else if (next == 0) {
                    line.reset();
                } else {
                    line.write(next);
                }
            }
        }
        return read;
    }

    private Usage added(ByteArrayOutputStream line) {
        if (line.size() == 0) {
            return Usage.ZERO;
        }
        try {
            JsonNode metrics = JSON.readTree(line.toString(StandardCharsets.UTF_8));
            return metrics.has(TIME) ? added(metrics) : Usage.ZERO;
        } catch (JacksonException e) {
            log.debug("a line of metrics is no JSON, as one is that was freed in part", e);
            return Usage.ZERO;
        }
    }

    private Usage added(JsonNode metrics) {
        NetworkCounters network = NetworkCounters.ZERO;
        for (String id : ids.nics()) {
            network = network.plus(network(metrics.path("net_" + id)));
        }
        StorageCounters storage = StorageCounters.ZERO;
        for (String id : ids.disks()) {
            storage = storage.plus(storage(metrics.path("block_" + id)));
        }
        return new Usage(Duration.ZERO, network, storage);
    }

    /** Firecracker speaks of it as the guest sees it. */
    private static NetworkCounters network(JsonNode nic) {
        return new NetworkCounters(
                nic.path("rx_bytes_count").asLong(0),
                nic.path("tx_bytes_count").asLong(0),
                nic.path("rx_packets_count").asLong(0),
                nic.path("tx_packets_count").asLong(0));
    }

    private static StorageCounters storage(JsonNode drive) {
        return new StorageCounters(
                drive.path("read_bytes").asLong(0),
                drive.path("write_bytes").asLong(0),
                drive.path("read_count").asLong(0),
                drive.path("write_count").asLong(0));
    }
}
