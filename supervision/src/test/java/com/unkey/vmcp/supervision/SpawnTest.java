package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.VmmProcess.Exit;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnTest {

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
        try (var _ = Files.newInputStream(Path.of("/proc/version"))) {
            long pid = sleeping().pid();
            Map<String, String> expected =
                    Map.of(
                            "0", "/dev/null",
                            "1", fixture.log().toString(),
                            "2", fixture.log().toString());
            // What the program opens itself while it starts goes again.
            Await.until("only these", () -> descriptors(pid).equals(expected));
        }
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
    void recordsTheProcessBeforeItRuns() throws Exception {
        HostedProcess process = fixture.spawnShell("cp process.json seen.json; exec sleep 1000");
        ProcessRecord record =
                Await.value("record", () -> ProcessRecord.read(fixture.runDirectory()));
        Path seen = fixture.runDirectory().resolve("seen.json");
        Await.until("copy", () -> Files.exists(seen) && Files.size(seen) > 0);
        assertThat(Files.readString(seen))
                .isEqualTo(Files.readString(fixture.runDirectory().resolve("process.json")));
        assertThat(record)
                .isEqualTo(
                        new ProcessRecord(
                                Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                                        .strip(),
                                process.pid(),
                                Processes.startTicks(process.pid()).orElseThrow(),
                                fixture.runDirectory().resolve("qmp.sock").toString(),
                                "qemu",
                                7,
                                List.of(fixture.log().toString())));
    }

    @Test
    void tellsTheExitCode() throws Exception {
        assertThat(exitOf(fixture.spawnShell("exit 3"))).isEqualTo(new Exit(OptionalInt.of(3)));
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
    void leavesTheReasonInTheLogWhereTheProgramIsMissing() throws Exception {
        HostedProcess process = fixture.spawn("/nonexistent/vmm", "-x");
        assertThat(exitOf(process)).hasToString("exit code 127");
        assertThat(Files.readString(fixture.log())).contains("/nonexistent/vmm");
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
                "program in place of the shell",
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
