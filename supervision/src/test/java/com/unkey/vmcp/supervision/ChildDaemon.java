package com.unkey.vmcp.supervision;

import com.unkey.vmcp.testkit.process.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A JVM of its own that works in a state directory and is killed with SIGKILL in the end. */
final class ChildDaemon implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Process process;
    private final BufferedReader lines;

    private ChildDaemon(Process process) {
        this.process = process;
        this.lines = process.inputReader();
    }

    static ChildDaemon start(Path directory, String mode) throws IOException {
        return start(directory, mode, "022");
    }

    static ChildDaemon start(Path directory, String mode, String umask) throws IOException {
        List<String> command =
                List.of(
                        "/bin/sh",
                        "-c",
                        "umask " + umask + "; exec \"$@\"",
                        "daemon",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildDaemon.class.getName(),
                        directory.toString(),
                        mode);
        return new ChildDaemon(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    long pid() {
        return process.pid();
    }

    void awaitLine(String expected) {
        Await.until(expected, LIMIT, () -> lines.ready() && lines.readLine().contains(expected));
    }

    void awaitEnd() {
        Await.until("end of the daemon", LIMIT, () -> !process.isAlive());
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd();
    }

    /**
     * Starts a VM unless idle; then waits to be killed, or dies between the VM's start and its
     * record.
     */
    public static void main(String[] arguments) throws Exception {
        boolean dies = arguments[1].equals("die-unrecorded");
        HostFixture fixture =
                new HostFixture(
                        Path.of(arguments[0]),
                        () -> {
                            if (dies) {
                                Runtime.getRuntime().halt(137);
                            }
                        });
        if (arguments[1].equals("idle")) {
            System.out.println("idle");
        } else {
            fixture.spawnShell("touch started; exec sleep 1000");
            System.out.println("spawned");
        }
        new CountDownLatch(1).await();
    }
}
