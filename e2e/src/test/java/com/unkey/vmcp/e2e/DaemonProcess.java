package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One run of the daemon, as a process of its own. */
final class DaemonProcess implements AutoCloseable {

    /** What a daemon is started by. */
    enum Program {
        /** The package's own script. */
        PACKAGE,
        /** The same daemon with traps that a test can set. */
        WITH_TRAPS,
        /** The launcher in the project's root. */
        LAUNCHER
    }

    static final Path PROJECT = Path.of(System.getProperty("project.root"));

    /** Daemons of the tests are too short-lived to gain from the second compiler. */
    private static final String BRIEF = "-XX:TieredStopAtLevel=1";

    private static final Path PACKAGE = PROJECT.resolve("daemon/target/dist");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Duration READY = Duration.ofSeconds(30);
    private static final Duration END = Duration.ofSeconds(20);
    private static final Pattern ADDRESS = Pattern.compile("ready on (https?)://\\S+:(\\d+) .*\n");

    private final Process process;
    private final long begun;
    private final Path output;
    private final Path errors;

    private DaemonProcess(Process process, long begun, Path output, Path errors) {
        this.process = process;
        this.begun = begun;
        this.output = output;
        this.errors = errors;
    }

    /** Starts a daemon and does not wait for anything. */
    static DaemonProcess start(Home home, Program program, String... arguments) {
        List<String> command = new ArrayList<>(command(program, home));
        command.addAll(List.of(arguments));
        Path output = home.output("out");
        Path errors = home.output("err");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("UNKEY_VMCP_"));
        builder.environment().putAll(home.environment());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
        try {
            long begun = System.nanoTime();
            Process process = builder.start();
            process.getOutputStream().close();
            return new DaemonProcess(process, begun, output, errors);
        } catch (IOException e) {
            throw new UncheckedIOException("the daemon cannot be started: " + command, e);
        }
    }

    private static List<String> command(Program program, Home home) {
        assertThat(PACKAGE).as("the package, made by the daemon's build").isDirectory();
        return switch (program) {
            case PACKAGE ->
                    List.of(PACKAGE.resolve("run.sh").toString(), JAVA.toString(), BRIEF, "--");
            case WITH_TRAPS -> withTraps(home);
            case LAUNCHER -> List.of(PROJECT.resolve("vmm-controlplane").toString());
        };
    }

    /** The package's own libraries and options, and a main class of ours behind them. */
    private static List<String> withTraps(Home home) {
        List<String> command = new ArrayList<>();
        command.add(JAVA.toString());
        command.add("@" + PACKAGE.resolve("jvm.options"));
        command.add(BRIEF);
        Path cache = PACKAGE.resolve("start.aot");
        if (Files.exists(cache)) {
            command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
        }
        String libraries =
                Home.entries(PACKAGE.resolve("lib")).stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(":"));
        command.add("-Dvmcp.trap=" + home.trap());
        command.addAll(
                List.of("-cp", libraries + ":" + PROJECT.resolve("e2e/target/test-classes")));
        command.add(FailPointMain.class.getName());
        return command;
    }

    /** Waits until it says that it serves; a daemon that ends instead fails the test at once. */
    DaemonProcess awaitReady() {
        Await.until("the daemon to be ready or to end", READY, () -> ready() || !isAlive());
        if (!ready()) {
            throw new AssertionError("the daemon does not serve:\n" + said());
        }
        return this;
    }

    /** From the start of the process to its being ready, the waiter's polling included. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private boolean ready() {
        return address().isPresent();
    }

    int port() {
        return Integer.parseInt(address().orElseThrow().group(2));
    }

    /** Its API, by the loopback address. */
    String url() {
        return address().orElseThrow().group(1) + "://127.0.0.1:" + port();
    }

    private Optional<Matcher> address() {
        return Optional.of(ADDRESS.matcher(read(output))).filter(Matcher::find);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() {
        return read(output);
    }

    String errors() {
        return read(errors);
    }

    /** All that it said, for messages. */
    String said() {
        return "stdout: " + output() + "\nstderr: " + errors();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL: the daemon gets no chance to say or do anything. */
    void kill9() {
        process.destroyForcibly();
        int _ = awaitExit();
    }

    /** SIGTERM, and the wait for its end. */
    int stop() {
        process.destroy();
        return awaitExit();
    }

    int awaitExit() {
        try {
            assertThat(process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS))
                    .as("the daemon ends. %s", said())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the daemon ended", e);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        if (isAlive()) {
            int _ = stop();
        }
    }
}
