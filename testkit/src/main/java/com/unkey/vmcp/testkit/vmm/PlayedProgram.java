package com.unkey.vmcp.testkit.vmm;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * A played VMM as this JVM's own process: the JVM ends with it and with its exit code, and SIGTERM
 * is its.
 */
public final class PlayedProgram {

    /** System property that is the version to tell. */
    static final String VERSION = "fake.version";

    private static final Duration A_DAY = Duration.ofDays(1);

    private PlayedProgram() {}

    /** Plays it from its command line, and does not return. */
    public static <F extends Faults<F>> void run(
            String[] arguments, F faults, PlayedVmm.Program<F> program) {
        faults.version(System.getProperty(VERSION, faults.version()));
        PlayedVmm vmm =
                program.start(
                        new PlayedVmm.Launch<>(
                                ProcessHandle.current().pid(),
                                Path.of("").toAbsolutePath(),
                                List.of(arguments),
                                faults,
                                System.out,
                                System.err));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endInOrder(vmm)));
        OptionalInt code = OptionalInt.empty();
        while (code.isEmpty()) {
            code = vmm.awaitExit(A_DAY);
        }
        Runtime.getRuntime().halt(code.getAsInt());
    }

    /** Halts: a shutdown by a signal would else show in the exit code. */
    private static void endInOrder(PlayedVmm vmm) {
        vmm.terminate();
        vmm.awaitExit(A_DAY).ifPresent(Runtime.getRuntime()::halt);
    }
}
