package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.supervision.FileFacts;
import com.unkey.vmcp.supervision.OutputFile;
import com.unkey.vmcp.supervision.host.ConsoleNotes.Note;
import com.unkey.vmcp.supervision.host.ConsolePlaces.Place;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Console files that clients named. A file is written by one VM at a time, and only if the daemon
 * made it: it notes that it is going to, makes the file, notes which one it is. So a daemon that
 * dies in between leaves no file that nobody knows.
 */
final class ConsoleFiles {

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleFiles.class);
    private static final String FIELD = "config.console.output";
    private static final String TAKEN = "is written by another VM: ";
    private static final String FOREIGN = "is there and was not made by the daemon: ";

    private final ConsoleNotes notes;
    private final ConsolePlaces places;
    private final long owner;
    private final Set<Path> claimed = ConcurrentHashMap.newKeySet();

    ConsoleFiles(ConsoleNotes notes, ConsolePlaces places, long owner) {
        this.notes = notes;
        this.places = places;
        this.owner = owner;
    }

    /** The file's real path where it could be claimed now; else a finding. */
    Optional<Path> inspect(String output, Findings findings) {
        return switch (places.locate(output)) {
            case Place.Refused(String reason) -> findings.wrong(FIELD, reason);
            case Place.At(Path file) -> inspect(file, output, findings);
        };
    }

    private Optional<Path> inspect(Path file, String output, Findings findings) {
        if (claimed.contains(file)) {
            return findings.wrong(FIELD, TAKEN + output);
        }
        try {
            Optional<FileFacts> facts = facts(file);
            if (facts.isPresent()) {
                return isOurs(file, facts.get(), notes.find(file))
                        ? Optional.of(file)
                        : findings.wrong(FIELD, FOREIGN + output);
            }
            return Files.isWritable(file.resolveSibling("."))
                    ? Optional.of(file)
                    : findings.wrong(FIELD, "cannot be made, permission denied: " + output);
        } catch (IOException e) {
            return findings.wrong(FIELD, "cannot be used: %s (%s)".formatted(output, Reason.of(e)));
        }
    }

    void claim(Path named) {
        Path file =
                switch (places.locate(named.toString())) {
                    case Place.At(Path real) -> real;
                    case Place.Refused(String reason) -> throw invalid(reason);
                };
        if (!claimed.add(file)) {
            throw invalid(TAKEN + named);
        }
        boolean taken = false;
        try {
            take(file);
            taken = true;
        } catch (AccessDeniedException e) {
            throw invalid("cannot be made, permission denied: " + named);
        } catch (IOException e) {
            throw VmException.unavailable("the console file cannot be made: " + named, e);
        } finally {
            if (!taken) {
                claimed.remove(file);
            }
        }
    }

    private void take(Path file) throws IOException {
        Optional<Note> note = notes.find(file);
        Optional<FileFacts> facts = facts(file);
        if (facts.isEmpty()) {
            make(file);
        } else if (isOurs(file, facts.get(), note)) {
            OutputFile.restrict(file);
            boolean unfinished = note.filter(Note::isBeforeMaking).isPresent();
            notes.write(Note.on(file, facts.get(), unfinished));
        } else {
            throw invalid(FOREIGN + file);
        }
    }

    private void make(Path file) throws IOException {
        notes.write(Note.beforeMaking(file));
        try {
            OutputFile.create(file);
        } catch (FileAlreadyExistsException e) {
            notes.delete(file);
            throw invalid(FOREIGN + file);
        } catch (IOException e) {
            notes.delete(file);
            throw e;
        }
        notes.write(Note.on(file, FileFacts.of(file), true));
    }

    /** Where the file is gone by now, it is made anew with the VM's next process. */
    void reclaim(Path file) {
        claimed.add(file);
        keepNote(file, Note::fresh);
        try {
            if (facts(file).isEmpty() && notes.find(file).isEmpty()) {
                notes.write(Note.onMissing(file));
            }
        } catch (IOException e) {
            LOG.warn("the note on console file {} cannot be kept", file, e);
        }
    }

    void release(Path file, boolean remove) {
        if (remove) {
            removeIfFresh(file);
        } else {
            keepNote(file, _ -> false);
        }
        claimed.remove(file);
    }

    private void removeIfFresh(Path file) {
        try {
            Optional<Note> note = notes.find(file).filter(Note::fresh);
            if (note.isEmpty()) {
                return;
            }
            Optional<FileFacts> facts = facts(file);
            if (facts.isPresent() && isOurs(file, facts.get(), note)) {
                Files.deleteIfExists(file);
            }
            notes.delete(file);
        } catch (IOException e) {
            throw VmException.unavailable("the console file cannot be removed: " + file, e);
        }
    }

    /**
     * Brings the note up to date. The file may be another one by now: it was removed, and made anew
     * before its VM was started again.
     */
    private void keepNote(Path file, Predicate<Note> freshness) {
        try {
            Optional<Note> note = notes.find(file);
            Optional<FileFacts> facts = facts(file).filter(found -> found.isFileOf(owner));
            if (note.isPresent() && facts.isPresent()) {
                Note now = Note.on(file, facts.get(), freshness.test(note.get()));
                if (!now.equals(note.get())) {
                    notes.write(now);
                }
            }
        } catch (IOException e) {
            LOG.warn("the note on console file {} cannot be kept up to date", file, e);
        }
    }

    private boolean isOurs(Path file, FileFacts facts, Optional<Note> note) throws IOException {
        if (note.isEmpty() || !facts.isFileOf(owner)) {
            return false;
        }
        // Made, but the daemon died before it noted which file it was.
        boolean unfinished = note.get().isBeforeMaking() && Files.size(file) == 0;
        return unfinished || note.get().isOn(facts);
    }

    private static Optional<FileFacts> facts(Path file) throws IOException {
        try {
            return Optional.of(FileFacts.of(file));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private static VmException invalid(String reason) {
        return new VmException(VmFailure.Invalid.field(FIELD, reason));
    }
}
