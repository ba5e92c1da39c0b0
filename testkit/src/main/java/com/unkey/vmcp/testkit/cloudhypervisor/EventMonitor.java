package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.OwnFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells events to a file: objects over several lines, a blank line after each, written by a thread
 * of its own a moment after what they tell of. The queue has no limit, as the real one has none; a
 * fake tells a few dozen events.
 */
final class EventMonitor {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final ObjectWriter PRETTY =
            JSON.writer()
                    .with(
                            new DefaultPrettyPrinter()
                                    .withSeparators(
                                            Separators.createDefaultInstance()
                                                    .withObjectNameValueSpacing(
                                                            Separators.Spacing.AFTER))
                                    .withObjectIndenter(new DefaultIndenter("  ", "\n")));
    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final long start = System.nanoTime();
    private final BlockingQueue<Optional<String>> told = new LinkedBlockingQueue<>();
    private final FakeFaults faults;
    private final Optional<FileChannel> file;
    private final Thread writer;

    private EventMonitor(FakeFaults faults, Optional<FileChannel> file) {
        this.faults = faults;
        this.file = file;
        this.writer = Thread.ofVirtual().name("event-monitor").unstarted(this::write);
    }

    /** Creates or empties the file; without one, events go nowhere. */
    static EventMonitor open(Optional<Path> path, FakeFaults faults) throws IOException {
        Optional<FileChannel> file = Optional.empty();
        if (path.isPresent()) {
            file =
                    Optional.of(
                            FileChannel.open(
                                    path.get(),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.TRUNCATE_EXISTING,
                                    StandardOpenOption.WRITE));
            OwnFiles.restrict(path.get());
        }
        EventMonitor monitor = new EventMonitor(faults, file);
        monitor.writer.start();
        return monitor;
    }

    void tell(String source, String event) {
        tell(source, event, Map.of());
    }

    void tell(String source, String event, Map<String, String> properties) {
        long age = System.nanoTime() - start;
        ObjectNode object = JSON.createObjectNode();
        object.putObject("timestamp")
                .put("secs", age / 1_000_000_000)
                .put("nanos", age % 1_000_000_000);
        object.put("source", source).put("event", event);
        if (properties.isEmpty()) {
            object.putNull("properties");
        } else {
            properties.forEach(object.putObject("properties")::put);
        }
        told.add(Optional.of(spoilt(PRETTY.writeValueAsString(object) + "\n\n")));
    }

    private void write() {
        try (FileChannel out = file.orElse(null)) {
            Optional<String> next = told.take();
            while (next.isPresent()) {
                LockSupport.parkNanos(A_MOMENT.toNanos());
                if (out != null) {
                    write(out, next.get());
                }
                next = told.take();
            }
        } catch (IOException | InterruptedException e) {
            told.clear();
        }
    }

    private String spoilt(String object) {
        return switch (faults.events()) {
            case WHOLE -> object;
            case DROPPED -> "";
            case HALVED -> object.substring(0, object.length() / 2);
        };
    }

    private static void write(FileChannel out, String object) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(object.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** Writes what was told so far, then ends. */
    void finish() {
        told.add(Optional.empty());
        try {
            writer.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends at once; what is not written yet is lost. */
    void abandon() {
        told.clear();
        writer.interrupt();
    }
}
