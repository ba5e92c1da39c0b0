package com.unkey.vmcp.backends.cloudhypervisor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads an event monitor's file as it grows: JSON objects over several lines each, with an empty
 * line behind each. What is half written is read when it is whole. For one thread.
 */
final class EventReader {

    private static final Logger log = LoggerFactory.getLogger(EventReader.class);
    private static final ObjectMapper JSON = JsonMapper.shared();
    private static final String END = "\n\n";

    /** An event takes some 120 bytes; what came before the last of this size is history. */
    private static final int WINDOW_BYTES = 64 << 10;

    private final Path file;
    private final StringBuilder pending = new StringBuilder();
    private long position;

    EventReader(Path file) {
        this.file = file;
    }

    /** Events that have come since the last call; none where there is no file yet. */
    List<VmEvent> read() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(channel);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            log.warn("the event monitor's file {} cannot be read", file, e);
            return List.of();
        }
    }

    private List<VmEvent> read(FileChannel channel) throws IOException {
        skipHistory(channel.size());
        ByteBuffer bytes = ByteBuffer.allocate(WINDOW_BYTES);
        List<VmEvent> events = new ArrayList<>();
        while (channel.read(bytes.clear(), position) > 0) {
            position += bytes.position();
            // All that is written is ASCII. Zeros are holes, where the file was cut to its limit.
            pending.append(
                    new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1)
                            .replace("\0", ""));
            takeWhole(events);
        }
        return events;
    }

    /** A file that has become shorter is a new one. */
    private void skipHistory(long size) {
        if (size < position) {
            position = 0;
            pending.setLength(0);
        }
        if (size - position > WINDOW_BYTES) {
            position = size - WINDOW_BYTES;
            pending.setLength(0);
        }
    }

    private void takeWhole(List<VmEvent> events) {
        int from = 0;
        int end;
        while ((end = pending.indexOf(END, from)) >= 0) {
            parse(pending.substring(from, end), events);
            from = end + END.length();
        }
        pending.delete(0, from);
    }

    /** The first one of a window has most often lost its head. */
    private static void parse(String text, List<VmEvent> events) {
        if (text.isBlank()) {
            return;
        }
        try {
            JsonNode event = JSON.readTree(text);
            events.add(
                    new VmEvent(
                            event.path("source").asString(""), event.path("event").asString("")));
        } catch (JacksonException e) {
            log.debug("no event: {}", text, e);
        }
    }
}
