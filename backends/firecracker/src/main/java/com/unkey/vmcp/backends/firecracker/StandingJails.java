package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Jails that were furnished before, whatever the settings are now: all that must be known of them
 * is in the run directories.
 */
final class StandingJails {

    /** Where a jail has the files of its guest, below their names on the host. */
    private static final String GUEST = "/guest-files";

    private final ProcessHost host;
    private final Cgroups cgroups;

    StandingJails(ProcessHost host, Cgroups cgroups) {
        this.host = host;
        this.cgroups = cgroups;
    }

    static Path guestFile(Path file) {
        return Path.of(GUEST + file);
    }

    static Place place(
            JailRunFiles files, List<String> command, Optional<ProcessHost.Enclosure> enclosure) {
        return new Place(
                command,
                files.socket(),
                files.log(),
                files.metrics(),
                StandingJails::guestFile,
                words -> words.replace(GUEST + "/", "/"),
                enclosure);
    }

    /** Whether the VM has one, or had. */
    boolean has(ShortId id) {
        return JailNote.load(host.runDirectory(id)).isPresent();
    }

    /** As {@link Housing#settled}. */
    void settled(ShortId id) {
        files(id).settle(note(id).ids());
    }

    /** As {@link Housing#find}; a daemon that was killed meanwhile has not settled the process. */
    Place find(ShortId id) {
        JailNote note = note(id);
        JailRunFiles files = files(id);
        if (files.needSettling()) {
            files.settle(note.ids());
        }
        return place(files, List.of(), Optional.empty());
    }

    private JailRunFiles files(ShortId id) {
        return JailRunFiles.in(host.runDirectory(id));
    }

    private JailNote note(ShortId id) {
        return JailNote.load(host.runDirectory(id))
                .orElseThrow(() -> VmException.unavailable("the note of the VM's jail is gone"));
    }

    /** As {@link Housing#clear}. */
    void clear(ShortId id) {
        Path runDirectory = host.runDirectory(id);
        cgroups.remove(id.value());
        JailNote.load(runDirectory).ifPresent(note -> new JailDirectory(note.directory()).remove());
        files(id).takeBack();
        JailNote.remove(runDirectory);
    }
}
