package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.testkit.firecracker.JailerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The real program behind the real jailer, as processes of this host and of other users. */
final class JailedBench extends RealBench {

    private static final JailSettings.IdRange IDS = new JailSettings.IdRange(71001, 71099);

    private final JailerProgram program;
    private final Path root;

    private JailedBench(JailerProgram program, Path root) throws IOException {
        super(root);
        this.program = program;
        this.root = root;
        Files.setPosixFilePermissions(guest(), PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** Skips the test where there are no such programs. */
    static FcBench open(Path root) throws IOException {
        Optional<JailerProgram> program = JailerProgram.installed();
        Assumptions.assumeTrue(program.isPresent(), JailerProgram.MISSING);
        return new JailedBench(program.get(), root).open();
    }

    @Override
    Optional<Path> binary() {
        return Optional.of(program.firecracker());
    }

    @Override
    Optional<JailSettings> jail() {
        return Optional.of(
                new JailSettings(
                        program.jailer(),
                        IDS,
                        IDS,
                        root.resolve("jails"),
                        List.of("pids.max=64", "cpu.shares=512"),
                        Optional.empty()));
    }

    @Override
    public boolean leftBehind(LaunchPlan vm) {
        return super.leftBehind(vm)
                || !JailDirectory.all(root.resolve("jails"), vm.shortId()).isEmpty()
                || hasGroup(vm);
    }

    private static boolean hasGroup(LaunchPlan vm) {
        Path group = Path.of("/sys/fs/cgroup/pids", Cgroups.PARENT, vm.shortId().value());
        return Files.exists(group);
    }

    /** The files that tests make are to be open to any jail, as an operator would have them. */
    @Override
    void opened() {
        Umask.set(0);
    }
}
