package com.unkey.vmcp.backends.qemu;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Sample.NetworkCounters;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
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

    /** Empty where there is none or it makes no sense. */
    static Optional<LaunchNote> load(Path file) {
        try {
            Properties read = new Properties();
            read.load(new StringReader(Files.readString(file)));
            return Optional.of(parse(read));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            throw VmException.unavailable("the note of the VM's launch cannot be read", e);
        }
    }

    private static LaunchNote parse(Properties read) {
        Map<String, NetworkCounters> baseline = new TreeMap<>();
        for (String key : read.stringPropertyNames()) {
            if (key.startsWith(TAP)) {
                baseline.put(key.substring(TAP.length()), counters(read.getProperty(key)));
            }
        }
        return new LaunchNote(
                read.getProperty("version", ""),
                read.getProperty("machine", ""),
                read.getProperty("accelerator", ""),
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
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        var mode =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            Files.deleteIfExists(fresh);
            var how = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (FileChannel channel = FileChannel.open(fresh, how, mode)) {
                ByteBuffer bytes = ByteBuffer.wrap(text().getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    int _ = channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw VmException.unavailable("the note of the VM's launch cannot be written", e);
        }
    }

    /** None of the values needs escaping: versions, labels, device names and numbers. */
    private String text() {
        StringBuilder text = new StringBuilder();
        text.append("version=").append(version).append('\n');
        text.append("machine=").append(machine).append('\n');
        text.append("accelerator=").append(accelerator).append('\n');
        new TreeMap<>(baseline)
                .forEach(
                        (tap, counters) ->
                                text.append(TAP)
                                        .append(tap)
                                        .append(
                                                "=%d %d %d %d%n"
                                                        .formatted(
                                                                counters.bytesReceived(),
                                                                counters.bytesTransmitted(),
                                                                counters.packetsReceived(),
                                                                counters.packetsTransmitted())));
        return text.toString();
    }
}
