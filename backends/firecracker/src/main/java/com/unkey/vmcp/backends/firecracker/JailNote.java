package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.NoteFile;
import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What of a VM's jail must be known when settings have changed.
 *
 * @param directory what was made for it below the chroot directory
 */
record JailNote(JailIds.Ids ids, Path directory) {

    private static final String NAME = "jail.note";
    private static final String UID = "uid";
    private static final String GID = "gid";
    private static final String DIRECTORY = "directory";

    /**
     * Empty where the VM has no jail.
     *
     * @throws VmException unavailable where there is a note that cannot be read
     */
    static Optional<JailNote> load(Path runDirectory) {
        try {
            return new NoteFile(runDirectory.resolve(NAME)).load().map(JailNote::parse);
        } catch (IllegalArgumentException e) {
            throw NoteFile.unreadable(e);
        }
    }

    private static JailNote parse(Map<String, String> note) {
        return new JailNote(
                new JailIds.Ids(
                        Integer.parseInt(note.getOrDefault(UID, "")),
                        Integer.parseInt(note.getOrDefault(GID, ""))),
                Path.of(note.getOrDefault(DIRECTORY, "")));
    }

    /** Returns when it would survive the daemon. */
    void save(Path runDirectory) {
        new NoteFile(runDirectory.resolve(NAME))
                .save(
                        Map.of(
                                UID, Integer.toString(ids.uid()),
                                GID, Integer.toString(ids.gid()),
                                DIRECTORY, directory.toString()));
    }

    static void remove(Path runDirectory) {
        try {
            Files.deleteIfExists(runDirectory.resolve(NAME));
        } catch (IOException e) {
            throw VmException.unavailable("the note of the VM's jail cannot be removed", e);
        }
    }
}
