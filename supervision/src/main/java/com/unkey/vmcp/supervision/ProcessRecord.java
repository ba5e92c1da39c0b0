package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.port.ProcessHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is known of a VMM process, kept in its run directory.
 *
 * @param bootId the boot of the host in which it was started
 * @param startTicks when it started; tells it from another process of the same pid
 * @param socket where it serves its API
 * @param outputs files that it writes and that are kept within their limit
 */
record ProcessRecord(
        String bootId,
        long pid,
        long startTicks,
        String socket,
        String backend,
        long generation,
        List<String> outputs) {

    private static final String NAME = "process.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    ProcessRecord {
        outputs = List.copyOf(outputs);
    }

    static ProcessRecord of(ProcessHost.Spawn spawn, String bootId, HostedProcess process) {
        return new ProcessRecord(
                bootId,
                process.pid(),
                process.startTicks(),
                spawn.socket().toString(),
                spawn.launch().backend().value(),
                spawn.launch().generation(),
                Stream.concat(spawn.outputs().stream(), Stream.of(spawn.log()))
                        .distinct()
                        .map(Path::toString)
                        .toList());
    }

    /**
     * The record in {@code runDirectory}; empty where there is none.
     *
     * @throws IOException where there is one that cannot be read: its process may live
     */
    static Optional<ProcessRecord> read(Path runDirectory) throws IOException {
        Path file = runDirectory.resolve(NAME);
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), ProcessRecord.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JacksonException e) {
            throw new IOException("process record " + file + " cannot be read", e);
        }
    }

    void write(Path runDirectory) throws IOException {
        DurableFile.write(runDirectory.resolve(NAME), JSON.writeValueAsBytes(this));
    }

    List<Path> outputPaths() {
        return outputs.stream().map(Path::of).toList();
    }
}
