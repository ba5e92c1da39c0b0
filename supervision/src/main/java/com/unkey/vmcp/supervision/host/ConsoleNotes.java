package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.supervision.DurableFile;
import com.unkey.vmcp.supervision.FileFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Durable notes on console files that the daemon made: one small file for each. */
final class ConsoleNotes {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SUFFIX = ".json";

    private final Path directory;

    ConsoleNotes(Path directory) {
        this.directory = directory;
    }

    Optional<Note> find(Path file) throws IOException {
        return read(noteOn(file));
    }

    private static Optional<Note> read(Path note) throws IOException {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(note), Note.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (JacksonException e) {
            throw new IOException("note " + note + " on a console file cannot be read", e);
        }
    }

    void write(Note note) throws IOException {
        DurableFile.write(noteOn(Path.of(note.path())), JSON.writeValueAsBytes(note));
    }

    void delete(Path file) throws IOException {
        DurableFile.delete(noteOn(file));
    }

    /** Removes notes on files that are no more, so that notes cannot pile up. */
    void sweep() throws IOException {
        try (Stream<Path> notes = Files.list(directory)) {
            for (Path note : notes.filter(path -> path.toString().endsWith(SUFFIX)).toList()) {
                Optional<Note> found = read(note);
                if (found.isPresent() && !Files.exists(Path.of(found.get().path()))) {
                    DurableFile.delete(note);
                }
            }
        }
    }

    private Path noteOn(Path file) {
        byte[] path = file.toString().getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(path);
            return directory.resolve(HexFormat.of().formatHex(digest) + SUFFIX);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * A file that the daemon made or is about to make.
     *
     * @param inode with {@code device} the file itself; 0 where it is only about to be made
     * @param fresh whether the VM that writes it now had it made
     */
    record Note(String path, long device, long inode, boolean fresh) {

        static Note beforeMaking(Path file) {
            return new Note(file.toString(), 0, 0, true);
        }

        static Note onMissing(Path file) {
            return new Note(file.toString(), 0, 0, false);
        }

        static Note on(Path file, FileFacts facts, boolean fresh) {
            return new Note(file.toString(), facts.device(), facts.inode(), fresh);
        }

        boolean isBeforeMaking() {
            return inode == 0;
        }

        boolean isOn(FileFacts facts) {
            return device == facts.device() && inode == facts.inode();
        }
    }
}
