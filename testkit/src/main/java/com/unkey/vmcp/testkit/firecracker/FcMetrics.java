package com.unkey.vmcp.testkit.firecracker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What has been counted since it was last written, and the few values that are absolute. Counters
 * and lines are as in the real file, those left out that a played guest cannot move.
 */
final class FcMetrics {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final List<String> BLOCK =
            List.of(
                    "activate_fails",
                    "event_fails",
                    "execute_fails",
                    "flush_count",
                    "queue_event_count",
                    "update_count",
                    "read_bytes",
                    "write_bytes",
                    "read_count",
                    "write_count",
                    "rate_limiter_throttled_events");
    private static final List<String> NET =
            List.of(
                    "activate_fails",
                    "event_fails",
                    "rx_bytes_count",
                    "rx_packets_count",
                    "rx_fails",
                    "rx_count",
                    "tx_bytes_count",
                    "tx_packets_count",
                    "tx_fails",
                    "tx_count",
                    "tx_rate_limiter_throttled");

    private final Map<String, Map<String, Long>> counters = new TreeMap<>();
    private final Map<String, Long> latencies = new TreeMap<>();
    private @Nullable FileChannel file;

    FcMetrics() {
        group("api_server", List.of());
        group("block", BLOCK);
        group("net", NET);
        group("put_api_requests", List.of("actions_count"));
        group("uart", List.of("error_count", "missed_write_count", "write_count"));
        group("vcpu", List.of("exit_io_in", "exit_io_out", "failures"));
        for (String each : List.of("pause_vm", "resume_vm", "vmm_pause_vm", "vmm_resume_vm")) {
            latencies.put(each, 0L);
        }
    }

    private void group(String name, List<String> fields) {
        Map<String, Long> zeros = new TreeMap<>();
        fields.forEach(field -> zeros.put(field, 0L));
        counters.put(name, zeros);
    }

    /** Opens the file; it can be chosen only once. */
    synchronized void writeTo(Path path) throws IOException {
        FileChannel opened = FcLog.open(path);
        if (file != null) {
            opened.close();
            throw new Refusal("Reinitialization of metrics not allowed.");
        }
        file = opened;
    }

    synchronized void addDrive(String id) {
        group("block_" + id, BLOCK);
    }

    synchronized void addInterface(String id) {
        group("net_" + id, NET);
    }

    synchronized void count(String group, String field, long by) {
        Map<String, Long> fields = counters.get(group);
        if (fields != null) {
            fields.merge(field, by, Long::sum);
        }
    }

    /** Counts for the device and for all of its kind together. */
    void countOf(String kind, String id, String field, long by) {
        count(kind + "_" + id, field, by);
        count(kind, field, by);
    }

    /** An absolute value, in microseconds. */
    synchronized void took(String what, long micros) {
        latencies.put(what, micros);
    }

    /** One line of what has been counted since the last one; without a file, nothing happens. */
    synchronized void write() {
        FileChannel open = file;
        if (open == null) {
            return;
        }
        byte[] line = (line() + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            open.write(ByteBuffer.wrap(line));
        } catch (IOException e) {
            throw new UncheckedIOException("the metrics cannot be written", e);
        }
        counters.values().forEach(fields -> fields.replaceAll((_, _) -> 0L));
    }

    private String line() {
        ObjectNode line = JSON.createObjectNode();
        line.put("utc_timestamp_ms", System.currentTimeMillis());
        counters.forEach(
                (group, fields) -> {
                    ObjectNode told = line.putObject(group);
                    fields.forEach(told::put);
                });
        ObjectNode times = line.putObject("latencies_us");
        latencies.forEach(times::put);
        return line.toString();
    }

    synchronized void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the metrics cannot be closed", e);
        }
    }
}
