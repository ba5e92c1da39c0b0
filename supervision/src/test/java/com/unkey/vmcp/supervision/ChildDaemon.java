package com.unkey.vmcp.supervision;

import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.testkit.process.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A JVM of its own that works in a state directory and is killed with SIGKILL in the end. */
final class ChildDaemon implements AutoCloseable {

    private static final int MANY = 1000;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Process process;
    private final BufferedReader lines;

    private ChildDaemon(Process process) {
        this.process = process;
        this.lines = process.inputReader();
    }

    static ChildDaemon start(Path directory, String mode) throws IOException {
        return start(directory, mode, "umask 022");
    }

    /**
     * @param inherited shell commands that make what the daemon is to inherit
     */
    static ChildDaemon start(Path directory, String mode, String inherited) throws IOException {
        List<String> command =
                List.of(
                        "/bin/sh",
                        "-c",
                        inherited + "; exec \"$@\"",
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
     * record; or starts one after the other without end.
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
        switch (arguments[1]) {
            case "idle" -> System.out.println("idle");
            case "exit" -> {
                HostedProcess process = fixture.spawnShell("exit 3");
                process.onExit(System.out::println);
            }
            case "many" -> spawnMany(fixture);
            default -> {
                fixture.spawnShell("touch started; exec sleep 1000");
                System.out.println("spawned");
            }
        }
        new CountDownLatch(1).await();
    }

    private static void spawnMany(HostFixture fixture) {
        for (int i = 0; i < MANY; i++) {
            ShortId id = new ShortId("many%06d".formatted(i));
            fixture.host().spawn(fixture.plan(id, "/bin/sleep", "1000"));
            System.out.println("spawned");
        }
    }
}
