package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.ShortId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Processes in jails, by Firecracker's own jailer: each with a user of its own, in an empty root
 * directory that shows the files of its guest and no others.
 *
 * <p>All of a jail is in a file system in memory that only its process sees; the host has empty
 * directories, control groups, and files in the VM's run directory, which are what {@link #clear}
 * is for.
 */
final class JailHousing implements Housing {

    /** For directories, places of files and the jailer's own files beside the program. */
    private static final long SPARE_BYTES = 1 << 20;

    private final JailSettings settings;
    private final Supplier<Path> program;
    private final ProcessHost host;
    private final Cgroups cgroups;
    private final JailChecks checks;
    private final JailIds ids;
    private final StandingJails standing;

    /**
     * @param program finds the Firecracker to start; it must be linked statically
     */
    JailHousing(JailSettings settings, Supplier<Path> program, ProcessHost host) {
        this.settings = settings;
        this.program = program;
        this.host = host;
        this.cgroups = new Cgroups(settings.cgroups());
        this.checks = new JailChecks(settings, cgroups);
        this.ids = new JailIds(settings, host);
        this.standing = new StandingJails(host, cgroups);
    }

    @Override
    public Optional<String> trouble() {
        return checks.trouble().or(() -> JailChecks.programTrouble(program.get()));
    }

    @Override
    public Place furnish(LaunchPlan plan, List<Path> readOnly, List<Path> writable) {
        ShortId id = plan.shortId();
        boolean fresh = JailNote.load(host.runDirectory(id)).isEmpty();
        try {
            return furnished(plan, readOnly, writable);
        } catch (RuntimeException e) {
            if (fresh) {
                clearAfter(id, e);
            }
            throw e;
        }
    }

    private Place furnished(LaunchPlan plan, List<Path> readOnly, List<Path> writable) {
        trouble().ifPresent(JailHousing::refuse);
        ShortId id = plan.shortId();
        JailIds.Ids given = ids.of(id);
        JailAccess.require(plan, given, readOnly, writable);
        Path binary = program.get();
        JailDirectory jail = JailDirectory.of(chroot(), binary, id);
        removeFormer(id, jail);
        new JailNote(given, jail.path()).save(host.runDirectory(id));
        jail.make();
        JailRunFiles files = JailRunFiles.in(host.runDirectory(id));
        files.make(given);
        ProcessHost.Enclosure enclosure =
                new ProcessHost.Enclosure(
                        given.uid(),
                        jail.root(),
                        size(binary) + SPARE_BYTES,
                        binds(files, readOnly, writable));
        return StandingJails.place(
                files, command(id, given, binary, files), Optional.of(enclosure));
    }

    private static void refuse(String trouble) {
        throw VmException.unavailable(trouble);
    }

    private void clearAfter(ShortId id, RuntimeException cause) {
        try {
            clear(id);
        } catch (VmException e) {
            cause.addSuppressed(e);
        }
    }

    private Path chroot() {
        try {
            return settings.chroot().toRealPath();
        } catch (IOException e) {
            throw VmException.unavailable("the jails' directory cannot be looked at", e);
        }
    }

    /** Settings or the program's name may have changed since the VM's last jail. */
    private void removeFormer(ShortId id, JailDirectory next) {
        JailNote.load(host.runDirectory(id))
                .map(note -> new JailDirectory(note.directory()))
                .filter(former -> !former.equals(next))
                .ifPresent(JailDirectory::remove);
        cgroups.remove(id.value());
    }

    private static long size(Path binary) {
        try {
            return Files.size(binary);
        } catch (IOException e) {
            throw VmException.unavailable("Firecracker's program cannot be looked at", e);
        }
    }

    private static List<ProcessHost.Bind> binds(
            JailRunFiles files, List<Path> readOnly, List<Path> writable) {
        List<ProcessHost.Bind> binds = new ArrayList<>();
        binds.add(new ProcessHost.Bind(files.directory(), files.directory(), false));
        Set<Path> written = new LinkedHashSet<>(writable);
        for (Path file : written) {
            binds.add(new ProcessHost.Bind(file, StandingJails.guestFile(file), false));
        }
        Set<Path> read = new LinkedHashSet<>(readOnly);
        read.removeAll(written);
        for (Path file : read) {
            binds.add(new ProcessHost.Bind(file, StandingJails.guestFile(file), true));
        }
        return binds;
    }

    private List<String> command(ShortId id, JailIds.Ids given, Path binary, JailRunFiles files) {
        List<String> command = new ArrayList<>();
        command.add(settings.jailer().toString());
        command.addAll(List.of("--id", id.value()));
        command.addAll(List.of("--exec-file", binary.toString()));
        command.addAll(List.of("--uid", Integer.toString(given.uid())));
        command.addAll(List.of("--gid", Integer.toString(given.gid())));
        command.addAll(List.of("--chroot-base-dir", chroot().toString()));
        settings.netns().ifPresent(netns -> command.addAll(List.of("--netns", netns.toString())));
        command.addAll(cgroups.arguments());
        command.add("--");
        command.addAll(FirecrackerCommand.arguments(files.socket(), files.log(), files.metrics()));
        return command;
    }

    @Override
    public void settled(ShortId id) {
        standing.settled(id);
    }

    @Override
    public Place find(ShortId id) {
        return standing.find(id);
    }

    @Override
    public void clear(ShortId id) {
        standing.clear(id);
        JailDirectory.all(settings.chroot(), id).forEach(JailDirectory::remove);
        ids.free(id);
    }
}
