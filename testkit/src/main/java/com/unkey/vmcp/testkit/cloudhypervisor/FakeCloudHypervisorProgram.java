package com.unkey.vmcp.testkit.cloudhypervisor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * The fake as a process of its own, started by the script that {@link FakeProgram} writes. It takes
 * Cloud Hypervisor's command line and heeds its signals; what its guest does is chosen by the
 * kernel's file name alone.
 */
public final class FakeCloudHypervisorProgram {

    /** Set to the version to tell, such as {@code v53.0}. */
    static final String VERSION_PROPERTY = "fake.version";

    private static final Duration A_DAY = Duration.ofDays(1);

    private FakeCloudHypervisorProgram() {}

    /** Ends by halting: a shutdown by SIGTERM would else show in the exit code. */
    public static void main(String[] arguments) {
        FakeFaults faults = new FakeFaults();
        faults.version(System.getProperty(VERSION_PROPERTY, FakeFaults.VERSION));
        FakeCloudHypervisor process =
                FakeCloudHypervisor.start(
                        ProcessHandle.current().pid(),
                        Path.of("").toAbsolutePath(),
                        List.of(arguments),
                        faults,
                        System.out);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endInOrder(process)));
        OptionalInt code = OptionalInt.empty();
        while (code.isEmpty()) {
            code = process.awaitExit(A_DAY);
        }
        Runtime.getRuntime().halt(code.getAsInt());
    }

    private static void endInOrder(FakeCloudHypervisor process) {
        process.terminate();
        process.awaitExit(A_DAY).ifPresent(Runtime.getRuntime()::halt);
    }
}
