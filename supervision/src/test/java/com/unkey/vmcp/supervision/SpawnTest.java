package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.VmmProcess.Exit;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnTest {

    private static final String NO_SIGNALS = "0".repeat(16);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path directory;
    private HostFixture fixture;

    @BeforeEach
    void open() {
        fixture = new HostFixture(directory.resolve("state"));
    }

    @AfterEach
    void endVmm() {
        fixture.host().discard(HostFixture.VM);
        fixture.close();
        assertThat(Processes.of(directory)).isEmpty();
    }

    @Test
    void keepsThePidAndRunsInASessionOfItsOwnInTheRunDirectory() throws Exception {
        HostedProcess process = sleeping();
        long pid = process.pid();
        assertThat(Processes.session(pid)).hasValue(pid);
        assertThat(Processes.parent(pid)).hasValue(ProcessHandle.current().pid());
        assertThat(Files.readSymbolicLink(proc(pid, "cwd"))).isEqualTo(fixture.runDirectory());
        assertThat(process.alive()).isTrue();
    }

    @Test
    void inheritsNoDescriptor() throws Exception {
        // One that exec(3) would leave open.
        int inheritable = Libc.open(Path.of("/proc/version"), Libc.O_RDONLY, 0);
        try {
            long pid = sleeping().pid();
            Map<String, String> expected =
                    Map.of(
                            "0", "/dev/null",
                            "1", fixture.log().toString(),
                            "2", fixture.log().toString());
            // What the program opens itself while it starts goes again.
            Await.until("only these", () -> descriptors(pid).equals(expected));
        } finally {
            Libc.close(inheritable);
        }
    }

    @Test
    void standardOutputCanHaveAFileOfItsOwn() throws Exception {
        Path console = fixture.runDirectory().resolve("console.log");
        HostedProcess process =
                (HostedProcess)
                        fixture.host()
                                .spawn(
                                        fixture.planWithOutput(
                                                console,
                                                "/bin/sh",
                                                "-c",
                                                "echo out; echo err >&2"));
        assertThat(process.awaitExit(LIMIT)).isTrue();
        assertThat(Files.readAllLines(console)).containsExactly("out");
        assertThat(Files.readAllLines(fixture.log())).containsExactly("err");
        assertThat(mode(console)).isEqualTo("rw-------");
    }

    @Test
    void inheritsNoSignalState() throws Exception {
        List<String> status = Files.readAllLines(proc(sleeping().pid(), "status"));
        assertThat(status)
                .contains("SigBlk:\t" + NO_SIGNALS)
                .contains("SigIgn:\t" + NO_SIGNALS)
                .contains("SigCgt:\t" + NO_SIGNALS);
    }

    @Test
    void inheritsNoEnvironment() throws Exception {
        String environment = Files.readString(proc(sleeping().pid(), "environ"));
        assertThat(environment.split("\0", -1))
                .containsExactlyInAnyOrder(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "LC_ALL=C.UTF-8",
                        "");
    }

    @Test
    void passesArgumentsAsTheyAre() throws Exception {
        HostedProcess process =
                fixture.spawn("/usr/bin/printf", "%s\\n", "two words", "$HOME", "'", "");
        assertThat(process.awaitExit(LIMIT)).isTrue();
        assertThat(Files.readAllLines(fixture.log()))
                .containsExactly("two words", "$HOME", "'", "");
    }

    @Test
    void notesTheLaunchBeforeTheProcessRuns() throws Exception {
        fixture.spawnShell("mkdir seen; cp process.json seen; exec sleep 1000");
        Path seen = fixture.runDirectory().resolve("seen");
        Await.until("copy", () -> ProcessRecord.read(seen).isPresent());
        String bootId = ProcessRecord.read(seen).orElseThrow().bootId();
        assertThat(bootId).isEqualTo(Proc.bootId());
    }

    @Test
    void recordsTheProcess() throws Exception {
        HostedProcess process = sleeping();
        assertThat(ProcessRecord.read(fixture.runDirectory()))
                .hasValue(
                        new ProcessRecord(
                                Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                                        .strip(),
                                process.pid(),
                                Processes.startTicks(process.pid()).orElseThrow(),
                                fixture.runDirectory().resolve("qmp.sock").toString(),
                                "qemu",
                                7,
                                List.of(fixture.log().toString()),
                                Optional.empty()));
    }

    @Test
    void tellsTheExitCode() throws Exception {
        assertThat(exitOf(fixture.spawnShell("exit 3"))).isEqualTo(new Exit(OptionalInt.of(3)));
    }

    @Test
    void tellsTheExitCodeWhereTheDaemonWasStartedWithChildrenIgnored() throws Exception {
        try (ChildDaemon daemon =
                ChildDaemon.start(directory.resolve("other"), "exit", "trap '' CHLD")) {
            daemon.awaitLine("exit code 3");
        }
    }

    @Test
    void startsManyAtOnce() throws Exception {
        List<ShortId> ids =
                IntStream.range(0, 200).mapToObj(i -> new ShortId("vm%08d".formatted(i))).toList();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Exit>> exits =
                    ids.stream().map(id -> executor.submit(() -> exitOf(exiting(id)))).toList();
            for (int i = 0; i < exits.size(); i++) {
                assertThat(exits.get(i).get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isEqualTo(new Exit(OptionalInt.of(i % 100)));
            }
        }
        ids.forEach(fixture.host()::discard);
        assertThat(ProcessHandle.current().children().filter(SpawnTest::isZombie)).isEmpty();
        assertThat(descriptors(ProcessHandle.current().pid()).values())
                .noneMatch(target -> target.contains("pidfd"));
    }

    private HostedProcess exiting(ShortId id) {
        int code = Integer.parseInt(id.value().substring(2)) % 100;
        return (HostedProcess)
                fixture.host().spawn(fixture.plan(id, "/bin/sh", "-c", "exit " + code));
    }

    private static boolean isZombie(ProcessHandle child) {
        return Processes.startTicks(child.pid()).isEmpty();
    }

    @Test
    void leavesNoZombie() throws Exception {
        HostedProcess process = fixture.spawnShell("exit 3");
        assertThat(process.awaitExit(LIMIT)).isTrue();
        assertThat(Proc.stat(process.pid())).isEmpty();
    }

    @Test
    void tellsTheSignalThatKilledIt() throws Exception {
        HostedProcess process = sleeping();
        process.kill();
        assertThat(exitOf(process)).hasToString("killed by signal 9");
        assertThat(process.alive()).isFalse();
        process.kill();
        process.terminate();
    }

    @Test
    void terminatesByTerm() throws Exception {
        HostedProcess process = sleeping();
        process.terminate();
        assertThat(exitOf(process)).hasToString("killed by signal 15");
    }

    @Test
    void callsBackEvenWhereTheExitIsPast() throws Exception {
        HostedProcess process = fixture.spawnShell("exit 0");
        assertThat(process.awaitExit(LIMIT)).isTrue();
        assertThat(exitOf(process)).hasToString("exit code 0");
    }

    @Test
    void givesUpWaitingForALivingProcess() {
        assertThat(sleeping().awaitExit(Duration.ofMillis(20))).isFalse();
    }

    @Test
    void refusesWhatCannotBeExecuted() throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "no program");
        for (String program : List.of("/nonexistent/vmm", text.toString())) {
            assertThatThrownBy(() -> fixture.spawn(program, "-x"))
                    .isInstanceOf(VmException.class)
                    .hasMessageContaining(program);
            assertThat(fixture.host().find(HostFixture.VM)).isEmpty();
            assertThat(ProcessRecord.read(fixture.runDirectory())).isEmpty();
        }
        assertThat(sleeping().alive()).isTrue();
    }

    @Test
    void appendsToTheLog() throws Exception {
        exitOf(fixture.spawnShell("echo one"));
        exitOf(fixture.spawnShell("echo two >&2"));
        assertThat(Files.readAllLines(fixture.log())).containsExactly("one", "two");
    }

    @Test
    void makesFilesThatOnlyTheOwnerReads() throws Exception {
        fixture.spawnShell("touch made; exec sleep 1000");
        Path made = fixture.runDirectory().resolve("made");
        Await.until("file", () -> Files.exists(made));
        assertThat(mode(fixture.runDirectory())).isEqualTo("rwx------");
        assertThat(mode(fixture.log())).isEqualTo("rw-------");
        assertThat(mode(fixture.runDirectory().resolve("process.json"))).isEqualTo("rw-------");
        assertThat(mode(made)).isEqualTo("rw-------");
    }

    @Test
    void refusesASecondProcessForTheSameVm() {
        HostedProcess process = sleeping();
        assertThatThrownBy(this::sleeping)
                .isInstanceOf(VmException.class)
                .hasMessageContaining("runs already");
        assertThat(process.alive()).isTrue();
    }

    @Test
    void refusesAnOutputThatIsALink() throws Exception {
        fixture.host().makeRunDirectory(HostFixture.VM);
        Path log = fixture.log();
        Files.createSymbolicLink(log, directory.resolve("elsewhere"));
        assertThatThrownBy(this::sleeping).isInstanceOf(VmException.class);
        assertThat(directory.resolve("elsewhere")).doesNotExist();
    }

    @Test
    void measuresMemoryAndThreads() {
        HostedProcess process = fixture.spawnShell("while :; do :; done");
        List<Long> threads = List.of(process.pid(), 1L);
        Await.until("time used", () -> process.cpuTime(threads).toMillis() >= 50);
        assertThat(process.residentBytes().orElseThrow()).isBetween(4096L, 1L << 30);
        process.kill();
        assertThat(process.awaitExit(LIMIT)).isTrue();
        assertThat(process.residentBytes()).isEmpty();
        assertThat(process.cpuTime(threads)).isZero();
    }

    private HostedProcess sleeping() {
        HostedProcess process = fixture.spawn("/bin/sleep", "1000");
        Await.until(
                "program in place",
                () -> Files.readString(proc(process.pid(), "cmdline")).startsWith("/bin/sleep"));
        return process;
    }

    private static Exit exitOf(HostedProcess process) throws Exception {
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        process.onExit(exit::complete);
        return exit.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static Map<String, String> descriptors(long pid) throws IOException {
        Map<String, String> open = new TreeMap<>();
        try (Stream<Path> entries = Files.list(proc(pid, "fd"))) {
            for (Path entry : entries.toList()) {
                open.put(entry.getFileName().toString(), Files.readSymbolicLink(entry).toString());
            }
        }
        return open;
    }

    private static Path proc(long pid, String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
