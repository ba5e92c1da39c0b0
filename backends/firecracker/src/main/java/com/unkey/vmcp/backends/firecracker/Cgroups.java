package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * The control groups of jails: what the jailer is told to set, and the removal of what it made. A
 * host has its controllers in hierarchies of version 1, in the one of version 2, or in both.
 */
final class Cgroups {

    /** The group that holds a group for each VM; it stays. */
    static final String PARENT = "vmm-controlplane";

    private static final Path MOUNTS = Path.of("/proc/self/mounts");
    private static final String VARIABLE = "UNKEY_VMCP_FC_JAILER_CGROUPS";
    private static final Duration EMPTY_LIMIT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final List<String> settings;
    private final Path mounts;

    /**
     * @param settings as {@code file=value}, the file named as its controller names it
     */
    Cgroups(List<String> settings) {
        this(settings, MOUNTS);
    }

    /**
     * @param mounts in the form of fstab(5)
     */
    Cgroups(List<String> settings, Path mounts) {
        this.settings = settings;
        this.mounts = mounts;
    }

    /** What is wrong with the settings on this host; empty where nothing is. */
    Optional<String> trouble() {
        for (String setting : settings) {
            if (!setting.matches("[a-z0-9_]+\\.[A-Za-z0-9_.]+=[^=]+")) {
                return Optional.of(
                        "%s has \"%s\", which is no file=value".formatted(VARIABLE, setting));
            }
        }
        return version().isPresent()
                ? Optional.empty()
                : Optional.of(
                        "%s: no one version of control groups has %s here"
                                .formatted(VARIABLE, String.join(", ", controllers())));
    }

    /** Arguments of the jailer. */
    List<String> arguments() {
        if (settings.isEmpty()) {
            return List.of();
        }
        List<String> arguments = new ArrayList<>();
        arguments.add("--cgroup-version");
        arguments.add(version().orElse("1"));
        arguments.add("--parent-cgroup");
        arguments.add(PARENT);
        for (String setting : settings) {
            arguments.add("--cgroup");
            arguments.add(setting);
        }
        return arguments;
    }

    private Set<String> controllers() {
        return settings.stream()
                .map(setting -> setting.substring(0, Math.max(0, setting.indexOf('.'))))
                .collect(Collectors.toSet());
    }

    /** The version in which all controllers are that are asked for. */
    private Optional<String> version() {
        List<Hierarchy> hierarchies = hierarchies();
        for (String version : List.of("1", "2")) {
            Set<String> there =
                    hierarchies.stream()
                            .filter(hierarchy -> hierarchy.version().equals(version))
                            .flatMap(hierarchy -> hierarchy.controllers().stream())
                            .collect(Collectors.toSet());
            if (there.containsAll(controllers())) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    /**
     * Removes a VM's groups, of all hierarchies, and ends what is left in them: its VMM is gone.
     *
     * @throws VmException unavailable where something in them survives that
     */
    void remove(String name) {
        try {
            for (Hierarchy hierarchy : hierarchies()) {
                removeGroup(hierarchy.directory().resolve(PARENT).resolve(name));
            }
        } catch (IOException e) {
            throw VmException.unavailable("the VM's control groups cannot be removed", e);
        }
    }

    private static void removeGroup(Path group) throws IOException {
        long end = System.nanoTime() + EMPTY_LIMIT.toNanos();
        while (Files.isDirectory(group)) {
            try {
                Files.delete(group);
            } catch (NoSuchFileException _) {
                return;
            } catch (IOException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                endAll(group);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static void endAll(Path group) throws IOException {
        for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private List<Hierarchy> hierarchies() {
        try (var lines = Files.lines(mounts)) {
            return lines.map(Hierarchy::parse).flatMap(Optional::stream).toList();
        } catch (IOException e) {
            throw VmException.unavailable("the host's mounts cannot be read", e);
        }
    }

    /**
     * @param directory where it is mounted
     * @param version as the jailer counts
     */
    private record Hierarchy(Path directory, String version, Set<String> controllers) {

        /** Empty where the line is of another file system. */
        static Optional<Hierarchy> parse(String line) {
            String[] fields = line.split(" ", -1);
            if (fields.length < 4) {
                return Optional.empty();
            }
            Path directory = Path.of(fields[1].replace("\\040", " "));
            return switch (fields[2]) {
                case "cgroup" ->
                        Optional.of(new Hierarchy(directory, "1", Set.of(fields[3].split(","))));
                case "cgroup2" -> Optional.of(new Hierarchy(directory, "2", unified(directory)));
                default -> Optional.empty();
            };
        }

        private static Set<String> unified(Path directory) {
            try {
                Path file = directory.resolve("cgroup.controllers");
                return Set.of(Files.readString(file).strip().split(" "));
            } catch (IOException _) {
                return Set.of();
            }
        }
    }
}
