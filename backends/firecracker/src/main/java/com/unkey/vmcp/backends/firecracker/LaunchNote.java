package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.NoteFile;
import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.Usage;
import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a later daemon must know of a launch and cannot ask the VMM.
 *
 * @param version of Firecracker
 * @param stage how far the exchange of one process for the next has got
 * @param processes that the VM has had for a start of its guest, since the launch
 * @param pressed whether the present guest was told to end
 * @param before what the guest used in processes that are gone, since the launch
 * @param now what it used in the present one, as far as that was read
 * @param attachment to a Firecracker of somebody else's; empty where the VM has its own
 */
record LaunchNote(
        String version,
        Stage stage,
        int processes,
        boolean pressed,
        Usage before,
        Reading now,
        Optional<Attachment> attachment) {

    /** Where the exchange of one process for the next has got. */
    enum Stage {
        /** There is none under way. */
        STANDING,
        /** The old process is about to be ended, and counts still. */
        ENDING,
        /** The old process is gone and reckoned, and the new one's guest is not known to run. */
        STARTING,
        /** The last process was ended for good. */
        ENDED
    }

    static final Notebook.Format<LaunchNote> FORMAT =
            new Notebook.Format<>() {
                @Override
                public Optional<LaunchNote> load(Path file) {
                    return LaunchNote.load(file);
                }

                @Override
                public void save(LaunchNote note, Path file) {
                    note.save(file);
                }
            };

    private static final ObjectMapper JSON = JsonMapper.shared();
    private static final String VERSION = "version";
    private static final String STAGE = "stage";
    private static final String PROCESSES = "processes";
    private static final String PRESSED = "pressed";
    private static final String BEFORE = "used-before";
    private static final String NOW = "used-now";
    private static final String OFFSET = "metrics-read";

    /** The note of a VM that has not been booted. */
    static LaunchNote of(String version) {
        return of(version, Optional.empty());
    }

    /** The note of a VM in a Firecracker that somebody else started. */
    static LaunchNote of(String version, Attachment attachment) {
        return of(version, Optional.of(attachment));
    }

    private static LaunchNote of(String version, Optional<Attachment> attachment) {
        return new LaunchNote(
                version, Stage.STANDING, 1, false, Usage.ZERO, Reading.NONE, attachment);
    }

    /** Whether one process was to be exchanged for the next, and it is not known to be done. */
    boolean unfinished() {
        return stage == Stage.ENDING || stage == Stage.STARTING;
    }

    LaunchNote with(Stage other) {
        return new LaunchNote(version, other, processes, pressed, before, now, attachment);
    }

    LaunchNote withPress() {
        return new LaunchNote(version, stage, processes, true, before, now, attachment);
    }

    LaunchNote with(Reading other) {
        return new LaunchNote(version, stage, processes, pressed, before, other, attachment);
    }

    /** The present process is gone, and nothing of the next one has been read. */
    LaunchNote reckoned() {
        return new LaunchNote(
                version,
                Stage.STARTING,
                processes + 1,
                false,
                before.plus(now.usage()),
                Reading.NONE,
                attachment);
    }

    LaunchNote with(Attachment other) {
        return new LaunchNote(version, stage, processes, pressed, before, now, Optional.of(other));
    }

    private static Optional<LaunchNote> load(Path file) {
        try {
            return new NoteFile(file).load().map(LaunchNote::parse);
        } catch (JacksonException | IllegalArgumentException e) {
            throw NoteFile.unreadable(e);
        }
    }

    private static LaunchNote parse(Map<String, String> note) {
        return new LaunchNote(
                note.getOrDefault(VERSION, ""),
                Stage.valueOf(note.getOrDefault(STAGE, Stage.STANDING.name())),
                Integer.parseInt(note.getOrDefault(PROCESSES, "1")),
                note.containsKey(PRESSED),
                usage(note, BEFORE),
                new Reading(Long.parseLong(note.getOrDefault(OFFSET, "0")), usage(note, NOW)),
                Attachment.read(note));
    }

    private static Usage usage(Map<String, String> note, String name) {
        return Usage.of(JSON.readTree(note.getOrDefault(name, "{}")));
    }

    /**
     * Returns when it would survive the daemon.
     *
     * @throws VmException unavailable where it cannot be written
     */
    private void save(Path file) {
        Map<String, String> note = new LinkedHashMap<>();
        note.put(VERSION, version);
        note.put(STAGE, stage.name());
        note.put(PROCESSES, Integer.toString(processes));
        if (pressed) {
            note.put(PRESSED, "yes");
        }
        note.put(BEFORE, JSON.writeValueAsString(before.json()));
        note.put(NOW, JSON.writeValueAsString(now.usage().json()));
        note.put(OFFSET, Long.toString(now.offset()));
        attachment.ifPresent(known -> known.writeTo(note));
        new NoteFile(file).save(note);
    }
}
