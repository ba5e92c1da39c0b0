package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.backends.adapter.NoteFile;
import com.unkey.vmcp.core.port.Sample.NetworkCounters;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a later daemon must know of a launch and cannot ask QEMU: kept in the run directory, written
 * as a whole.
 *
 * @param baseline counters of each tap when the VM was booted, from which its own are counted
 */
record LaunchNote(
        String version, String machine, String accelerator, Map<String, NetworkCounters> baseline) {

    private static final String TAP = "tap.";

    LaunchNote {
        baseline = Map.copyOf(baseline);
    }

    LaunchNote withBaseline(Map<String, NetworkCounters> counters) {
        return new LaunchNote(version, machine, accelerator, counters);
    }

    /** Empty where there is none. */
    static Optional<LaunchNote> load(Path file) {
        try {
            return new NoteFile(file).load().map(LaunchNote::parse);
        } catch (IllegalArgumentException e) {
            throw NoteFile.unreadable(e);
        }
    }

    private static LaunchNote parse(Map<String, String> read) {
        Map<String, NetworkCounters> baseline = new TreeMap<>();
        read.forEach(
                (name, value) -> {
                    if (name.startsWith(TAP)) {
                        baseline.put(name.substring(TAP.length()), counters(value));
                    }
                });
        return new LaunchNote(
                read.getOrDefault("version", ""),
                read.getOrDefault("machine", ""),
                read.getOrDefault("accelerator", ""),
                baseline);
    }

    private static NetworkCounters counters(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("four counters expected, got: " + text);
        }
        return new NetworkCounters(
                Long.parseLong(parts[0]),
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]));
    }

    /** Returns when it would survive a loss of power. */
    void save(Path file) {
        Map<String, String> note = new LinkedHashMap<>();
        note.put("version", version);
        note.put("machine", machine);
        note.put("accelerator", accelerator);
        new TreeMap<>(baseline).forEach((tap, counters) -> note.put(TAP + tap, text(counters)));
        new NoteFile(file).save(note);
    }

    private static String text(NetworkCounters counters) {
        return "%d %d %d %d"
                .formatted(
                        counters.bytesReceived(),
                        counters.bytesTransmitted(),
                        counters.packetsReceived(),
                        counters.packetsTransmitted());
    }
}
