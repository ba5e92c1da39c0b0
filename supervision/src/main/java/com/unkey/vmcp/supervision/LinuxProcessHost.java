package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.ShortId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * VMM processes on Linux, each in a session of its own and known by a record in its run directory.
 * All are watched through pidfds. Those that this daemon started are its children, and it learns
 * how they exit; of those of a daemon before it only the fact is known.
 *
 * <p>Mutating calls for one VM must not overlap; calls for several may.
 */
public final class LinuxProcessHost implements ProcessHost, AutoCloseable {

    private static final int OWNER_ONLY_UMASK = 077;
    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);
    private static final Duration BOUNDS_PERIOD = Duration.ofSeconds(1);

    private final RunDirectories directories;
    private final long owner;
    private final ProcessWatch watch;
    private final OutputBounds bounds;
    private final Runnable spawnedHook;
    private final Map<ShortId, HostedProcess> living = new ConcurrentHashMap<>();
    private final Set<ShortId> starting = ConcurrentHashMap.newKeySet();
    private final Set<HostedProcess> foreign = ConcurrentHashMap.newKeySet();

    private LinuxProcessHost(
            StateDirectory state, ProcessWatch watch, OutputBounds bounds, Runnable spawnedHook) {
        this.directories = new RunDirectories(state.runDirectories());
        this.owner = state.owner();
        this.watch = watch;
        this.bounds = bounds;
        this.spawnedHook = spawnedHook;
    }

    /**
     * Opens the host. {@code state} stays the caller's to close, after the host.
     *
     * <p>Sets the umask of the whole process to 077: VMMs inherit it, so that what they make is the
     * daemon's user's alone.
     *
     * @param outputLimit bytes that each output of a VMM may hold
     * @param spawnedHook run when a process is there and its record is not yet
     * @throws StartException where this system cannot supervise processes
     */
    public static LinuxProcessHost open(
            StateDirectory state, long outputLimit, Runnable spawnedHook) {
        if (!Libc.has(PosixSpawn.CLOSE_FROM)) {
            throw new StartException("the C library is too old: glibc 2.34 or newer is needed");
        }
        try {
            Libc.umask(OWNER_ONLY_UMASK);
            ProcessWatch watch = ProcessWatch.start();
            OutputBounds bounds =
                    new OutputBounds(outputLimit, BOUNDS_PERIOD, HolePunch::byFallocate);
            return new LinuxProcessHost(state, watch, bounds, spawnedHook);
        } catch (IOException e) {
            throw new StartException("processes cannot be supervised: " + e.getMessage(), e);
        }
    }

    @Override
    public Path runDirectory(ShortId id) {
        return directories.of(id);
    }

    @Override
    public void makeRunDirectory(ShortId id) {
        doing("the run directory cannot be made", () -> directories.make(id));
    }

    @Override
    public VmmProcess spawn(Spawn spawn) {
        return doing("the VMM process cannot be started", () -> started(spawn));
    }

    private HostedProcess started(Spawn spawn) throws IOException {
        ShortId id = spawn.launch().id();
        if (found(id).isPresent()) {
            throw VmException.unavailable("the VM's VMM process runs already");
        }
        Path directory = directories.make(id);
        for (Path output : outputs(spawn)) {
            OutputFile.ready(output, users(spawn.enclosure().map(ProcessHost.Enclosure::user)));
        }
        starting.add(id);
        try {
            HostedProcess process = recorded(spawn, directory);
            living.put(id, process);
            follow(id, process, List.copyOf(outputs(spawn)));
            return process;
        } finally {
            starting.remove(id);
        }
    }

    /**
     * Starts the process between the two halves of its record. Should the daemon be killed there,
     * the first half has the next one look for the process.
     */
    private HostedProcess recorded(Spawn spawn, Path directory) throws IOException {
        ProcessRecord before = ProcessRecord.before(spawn, watch.bootId());
        before.write(directory);
        HostedProcess process = launched(spawn, directory);
        try {
            spawnedHook.run();
            before.after(process.pid(), process.startTicks()).append(directory);
            return process;
        } catch (IOException | RuntimeException e) {
            end(process);
            throw e;
        }
    }

    private HostedProcess launched(Spawn spawn, Path directory) throws IOException {
        try {
            Path output = spawn.standardOutput().orElse(spawn.log());
            return spawn.enclosure().isPresent()
                    ? watch.spawn(
                            spawn.enclosure().get(),
                            spawn.command(),
                            directory,
                            output,
                            spawn.log())
                    : watch.spawn(spawn.command(), directory, output, spawn.log());
        } catch (IOException e) {
            ProcessRecord.remove(directory);
            throw VmException.unavailable(
                    "the VMM process cannot be started: " + e.getMessage(), e);
        }
    }

    /** Ours, and the one that a process of ours becomes. */
    private Set<Long> users(Optional<Long> other) {
        return Stream.concat(Stream.of(owner), other.stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<Path> outputs(Spawn spawn) {
        Set<Path> outputs = new LinkedHashSet<>(spawn.outputs());
        outputs.add(spawn.log());
        return outputs;
    }

    private void follow(ShortId id, HostedProcess process, List<Path> outputs) {
        OutputBounds.Registration registration = bounds.register(outputs);
        process.onExit(
                _ -> {
                    living.remove(id, process);
                    registration.end();
                });
    }

    @Override
    public Optional<VmmProcess> find(ShortId id) {
        return doing("the VMM process cannot be looked for", () -> found(id))
                .map(VmmProcess.class::cast);
    }

    private Optional<HostedProcess> found(ShortId id) throws IOException {
        HostedProcess known = living.get(id);
        if (known != null) {
            return Optional.of(known).filter(HostedProcess::alive);
        }
        Path directory = directories.of(id);
        Optional<ProcessRecord> record = ProcessRecord.read(directory);
        if (record.filter(ProcessRecord::unfinished).isPresent()) {
            record = starting.contains(id) ? Optional.empty() : completed(directory, record.get());
        }
        return record.isPresent() ? adopted(id, record.get()) : Optional.empty();
    }

    /** The record with the process that was started for it; empty where none lives. */
    private Optional<ProcessRecord> completed(Path directory, ProcessRecord record)
            throws IOException {
        if (!record.bootId().equals(watch.bootId())) {
            return Optional.empty();
        }
        Optional<ProcessRecord> whole =
                LostLaunch.of(directory, users(record.user()))
                        .map(found -> record.after(found.pid(), found.startTicks()));
        if (whole.isPresent()) {
            whole.get().write(directory);
        }
        return whole;
    }

    private Optional<HostedProcess> adopted(ShortId id, ProcessRecord record) throws IOException {
        Optional<HostedProcess> process = watch.adopt(record);
        if (process.isEmpty()) {
            return process;
        }
        HostedProcess rival = living.putIfAbsent(id, process.get());
        if (rival != null) {
            process.get().letGo();
            return Optional.of(rival);
        }
        follow(id, process.get(), record.outputPaths());
        return process;
    }

    @Override
    public Optional<ForeignProcess> foreign(long pid) {
        return doing("the process cannot be looked at", () -> watch.foreign(pid)).map(this::shown);
    }

    @Override
    public Optional<ForeignProcess> serving(Path socket) {
        return doing("the process cannot be looked at", () -> watch.serving(socket))
                .map(this::shown);
    }

    private ForeignProcess shown(HostedProcess process) {
        foreign.add(process);
        process.onExit(_ -> foreign.remove(process));
        return new Foreigner(process, () -> foreign.remove(process));
    }

    @Override
    public OutputLimit limitOutputs(List<Path> files) {
        return bounds.register(files)::end;
    }

    @Override
    public Set<ShortId> list() {
        return doing("the run directories cannot be listed", directories::list);
    }

    @Override
    public void discard(ShortId id) {
        doing(
                "the VM's run directory cannot be removed",
                () -> {
                    found(id).ifPresent(LinuxProcessHost::end);
                    directories.remove(id);
                    return id;
                });
    }

    private static void end(HostedProcess process) {
        process.kill();
        if (!process.awaitExit(KILL_LIMIT)) {
            throw VmException.unavailable(
                    "VMM process %d has not ended %d s after it was killed"
                            .formatted(process.pid(), KILL_LIMIT.toSeconds()));
        }
    }

    private static <T> T doing(String failure, Step<T> step) {
        try {
            return step.run();
        } catch (IOException | UncheckedIOException e) {
            throw VmException.unavailable(failure, e);
        }
    }

    /** Stops watching; every VMM lives on. */
    @Override
    public void close() {
        bounds.close();
        living.values().forEach(HostedProcess::letGo);
        foreign.forEach(HostedProcess::letGo);
        try {
            watch.close();
        } catch (IOException e) {
            throw new UncheckedIOException("process supervision does not stop", e);
        }
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }
}
