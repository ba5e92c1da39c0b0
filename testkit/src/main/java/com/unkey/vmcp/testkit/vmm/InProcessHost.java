package com.unkey.vmcp.testkit.vmm;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.ShortId;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Played VMMs in this JVM, one for each run directory. They outlive the host: another one on the
 * same root finds those that live, as a daemon does after a restart; {@link #endAll} ends them. Run
 * directories are real, so the root's path should be short: sockets' paths are limited to 107
 * bytes.
 *
 * <p>The command's program is not looked at. Mutating calls for one VM must not overlap.
 *
 * @param <F> what can be ordered to go wrong with them
 */
public final class InProcessHost<F extends Faults<F>> implements ProcessHost {

    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    /** Living processes by run directory, which is all that a daemon's restart leaves. */
    private static final Map<Path, PlayedVmm> LIVING = new ConcurrentHashMap<>();

    private final Path root;
    private final PlayedVmm.Program<F> program;
    private final F faults;
    private final Map<ShortId, F> ownFaults = new ConcurrentHashMap<>();
    private final Set<PlayedVmm> children = ConcurrentHashMap.newKeySet();

    /**
     * The directory is made where it is missing.
     *
     * @param program plays whatever is spawned
     * @param faults what the played ones share
     */
    public InProcessHost(Path root, PlayedVmm.Program<F> program, F faults) {
        this.root = root.toAbsolutePath();
        this.program = program;
        this.faults = faults;
        doing(() -> Files.createDirectories(root));
    }

    /** Faults of whichever VMM meets them first. */
    public F faults() {
        return faults;
    }

    /** Faults of one VM's VMM, of those spawned by this host from now on. */
    public F faults(ShortId id) {
        return ownFaults.computeIfAbsent(id, _ -> faults.own());
    }

    @Override
    public Path runDirectory(ShortId id) {
        return root.resolve(id.value());
    }

    @Override
    public void makeRunDirectory(ShortId id) {
        Path directory = runDirectory(id);
        if (!Files.isDirectory(directory)) {
            doing(
                    () ->
                            Files.createDirectory(
                                    directory,
                                    PosixFilePermissions.asFileAttribute(
                                            PosixFilePermissions.fromString("rwx------"))));
        }
    }

    @Override
    public VmmProcess spawn(Spawn spawn) {
        ShortId id = spawn.launch().id();
        if (find(id).isPresent()) {
            throw VmException.unavailable("the VM's VMM process runs already");
        }
        makeRunDirectory(id);
        Path directory = runDirectory(id);
        Outputs outputs = doing(() -> Outputs.open(spawn));
        PlayedVmm process =
                program.start(
                        new PlayedVmm.Launch<>(
                                FakePids.next(),
                                directory,
                                spawn.command().subList(1, spawn.command().size()),
                                faults(id),
                                outputs.standard(),
                                outputs.log()));
        children.add(process);
        LIVING.put(directory, process);
        process.onExit(
                _ -> {
                    LIVING.remove(directory, process);
                    outputs.close();
                });
        return new InProcessVmm(process, true);
    }

    private record Outputs(OutputStream log, OutputStream standard) {

        private static Outputs open(Spawn spawn) throws IOException {
            for (Path output : spawn.outputs()) {
                append(output).close();
            }
            OutputStream log = append(spawn.log());
            return spawn.standardOutput().isPresent()
                    ? new Outputs(log, append(spawn.standardOutput().get()))
                    : new Outputs(log, log);
        }

        private void close() {
            try (log) {
                standard.close();
            } catch (IOException e) {
                throw new UncheckedIOException("a log cannot be closed", e);
            }
        }
    }

    private static OutputStream append(Path file) throws IOException {
        OutputStream stream =
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        OwnFiles.restrict(file);
        return stream;
    }

    @Override
    public Optional<VmmProcess> find(ShortId id) {
        return Optional.ofNullable(LIVING.get(runDirectory(id)))
                .filter(PlayedVmm::alive)
                .map(process -> new InProcessVmm(process, children.contains(process)));
    }

    /** Any fake of this JVM; whoever started it. */
    @Override
    public Optional<ForeignProcess> foreign(long pid) {
        return FakePids.find(pid).map(ForeignVmm::new);
    }

    @Override
    public OutputLimit limitOutputs(List<Path> files) {
        return () -> {};
    }

    @Override
    public Set<ShortId> list() {
        return doing(
                () -> {
                    Set<ShortId> ids = new HashSet<>();
                    try (Stream<Path> entries = Files.list(root)) {
                        entries.map(each -> String.valueOf(each.getFileName()))
                                .filter(ShortId::isValid)
                                .forEach(name -> ids.add(new ShortId(name)));
                    }
                    return ids;
                });
    }

    @Override
    public void discard(ShortId id) {
        find(id).ifPresent(
                        process -> {
                            process.kill();
                            process.awaitExit(END_LIMIT);
                        });
        Path directory = runDirectory(id);
        if (Files.exists(directory)) {
            doing(() -> Files.walkFileTree(directory, new Removal()));
        }
    }

    /** Ends all that live below the root, whoever spawned them, and removes their directories. */
    public void endAll() {
        list().forEach(this::discard);
    }

    private static <T> T doing(Step<T> step) {
        try {
            return step.run();
        } catch (IOException e) {
            throw VmException.unavailable("the run directories cannot be used", e);
        }
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
