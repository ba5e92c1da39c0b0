package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.port.ProcessHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is known of a VMM process, kept in its run directory. The file has a line from before the
 * process is started, without pid and start ticks, and one with them from right after; the last
 * whole line counts. No process outlives the host, so nothing is forced to the disk.
 *
 * @param bootId the boot of the host in which it was started
 * @param pid {@link #NONE_YET} while it is being started
 * @param startTicks when it started; tells it from another process of the same pid
 * @param socket where it serves its API
 * @param outputs files that it writes and that are kept within their limit
 * @param user that it becomes; empty where it stays ours
 */
record ProcessRecord(
        String bootId,
        long pid,
        long startTicks,
        String socket,
        String backend,
        long generation,
        List<String> outputs,
        Optional<Long> user) {

    private static final long NONE_YET = 0;
    private static final String NAME = "process.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    ProcessRecord {
        outputs = List.copyOf(outputs);
    }

    /** The record of a process that is about to be started. */
    static ProcessRecord before(ProcessHost.Spawn spawn, String bootId) {
        return new ProcessRecord(
                bootId,
                NONE_YET,
                0,
                spawn.socket().toString(),
                spawn.launch().backend().value(),
                spawn.launch().generation(),
                Stream.concat(spawn.outputs().stream(), Stream.of(spawn.log()))
                        .distinct()
                        .map(Path::toString)
                        .toList(),
                spawn.enclosure().map(ProcessHost.Enclosure::user));
    }

    /** The record once the process is there. */
    ProcessRecord after(long startedPid, long startedTicks) {
        return new ProcessRecord(
                bootId, startedPid, startedTicks, socket, backend, generation, outputs, user);
    }

    /** Whether the process was being started when this was written. */
    boolean unfinished() {
        return pid == NONE_YET;
    }

    /**
     * The record in {@code runDirectory}; empty where there is none, or a blank one: what a loss of
     * power leaves of a file that was written before it.
     *
     * @throws IOException where there is one that cannot be read: its process may live
     */
    static Optional<ProcessRecord> read(Path runDirectory) throws IOException {
        Path file = runDirectory.resolve(NAME);
        try {
            byte[] content = Files.readAllBytes(file);
            return blank(content)
                    ? Optional.empty()
                    : Optional.of(JSON.readValue(lastLine(content), ProcessRecord.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JacksonException e) {
            throw new IOException("process record " + file + " cannot be read", e);
        }
    }

    private static boolean blank(byte[] content) {
        for (byte value : content) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** What stands before the last line feed, without the lines before it. */
    private static String lastLine(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        int end = text.lastIndexOf('\n');
        return end < 0 ? text : text.substring(text.lastIndexOf('\n', end - 1) + 1, end);
    }

    /** Replaces whatever record there is. */
    void write(Path runDirectory) throws IOException {
        DurableFile.writeForThisBoot(runDirectory.resolve(NAME), line());
    }

    /**
     * Adds this to the line from before the start: a good deal cheaper than another file. If it is
     * cut short, that line counts still.
     */
    void append(Path runDirectory) throws IOException {
        Files.write(runDirectory.resolve(NAME), line(), StandardOpenOption.APPEND);
    }

    private byte[] line() {
        return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Removes the record; nothing where there is none. */
    static void remove(Path runDirectory) throws IOException {
        Files.deleteIfExists(runDirectory.resolve(NAME));
    }

    List<Path> outputPaths() {
        return outputs.stream().map(Path::of).toList();
    }
}
