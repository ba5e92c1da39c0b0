package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.port.VmmProcess.Exit;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;

/** What a host makes of processes that a host before it left. */
class AdoptionTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path temporary;
    private Path directory;

    @BeforeEach
    void name() {
        directory = temporary.resolve("state");
    }

    @AfterEach
    void nothingIsLeft() {
        try (HostFixture last = new HostFixture(directory)) {
            last.host().discard(HostFixture.VM);
            assertThat(last.runDirectory()).doesNotExist();
        }
        assertThat(Processes.of(temporary)).isEmpty();
    }

    @Test
    void adoptsWhatAKilledDaemonStarted() throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start(directory, "run")) {
            daemon.awaitLine("spawned");
        }
        try (HostFixture second = new HostFixture(directory)) {
            VmmProcess adopted = second.host().find(HostFixture.VM).orElseThrow();
            assertThat(adopted.alive()).isTrue();
            assertThat(adopted.residentBytes()).isPresent();
            assertThat(second.host().list()).containsExactly(HostFixture.VM);
            CompletableFuture<Exit> exit = new CompletableFuture<>();
            adopted.onExit(exit::complete);
            adopted.kill();
            assertThat(exit.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(new Exit(OptionalInt.empty()));
            assertThat(adopted.alive()).isFalse();
            assertThat(second.host().find(HostFixture.VM)).isEmpty();
        }
    }

    @Test
    void closingLeavesTheVmmAlone() {
        long pid;
        try (HostFixture first = new HostFixture(directory)) {
            pid = first.spawn("/bin/sleep", "1000").pid();
        }
        try (HostFixture second = new HostFixture(directory)) {
            assertThat(second.host().find(HostFixture.VM).orElseThrow().pid()).isEqualTo(pid);
        }
        assertThat(Processes.startTicks(pid)).isPresent();
    }

    @Test
    void findsTheSameObjectAgain() {
        try (HostFixture fixture = new HostFixture(directory)) {
            VmmProcess process = fixture.spawn("/bin/sleep", "1000");
            assertThat(fixture.host().find(HostFixture.VM)).containsSame(process);
        }
        try (HostFixture second = new HostFixture(directory)) {
            VmmProcess adopted = second.host().find(HostFixture.VM).orElseThrow();
            assertThat(second.host().find(HostFixture.VM)).containsSame(adopted);
        }
    }

    @Test
    void doesNotTakeAReusedPidForTheVmm() throws Exception {
        Process stranger = new ProcessBuilder("/bin/sleep", "1000").start();
        try (HostFixture fixture = new HostFixture(directory)) {
            long ticks = Processes.startTicks(stranger.pid()).orElseThrow();
            forge(fixture, stranger.pid(), ticks - 1, Proc.bootId());
            assertThat(fixture.host().find(HostFixture.VM)).isEmpty();
            fixture.host().discard(HostFixture.VM);
            assertThat(Processes.alive(stranger.pid(), ticks)).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void doesNotTakeAProcessOfThisBootForOneOfAnother() throws Exception {
        Process stranger = new ProcessBuilder("/bin/sleep", "1000").start();
        try (HostFixture fixture = new HostFixture(directory)) {
            long ticks = Processes.startTicks(stranger.pid()).orElseThrow();
            forge(fixture, stranger.pid(), ticks, "another boot");
            assertThat(fixture.host().find(HostFixture.VM)).isEmpty();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void countsAZombieAsDead() throws Exception {
        // The shell becomes a program that never waits for its child.
        Process parent =
                new ProcessBuilder("/bin/sh", "-c", "sleep 0.2 & echo $!; exec sleep 1000")
                        .redirectInput(Path.of("/dev/null").toFile())
                        .start();
        try (HostFixture fixture = new HostFixture(directory);
                var lines = parent.inputReader()) {
            long pid = Long.parseLong(lines.readLine());
            Proc.Stat stat =
                    Await.value("zombie", () -> Proc.stat(pid).filter(found -> !found.alive()));
            forge(fixture, pid, stat.startTicks(), Proc.bootId());
            assertThat(fixture.host().find(HostFixture.VM)).isEmpty();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void noticesAnExitThatNobodyReaps() throws Exception {
        Process parent =
                new ProcessBuilder("/bin/sh", "-c", "sleep 1000 & echo $!; exec sleep 1000")
                        .start();
        try (HostFixture fixture = new HostFixture(directory);
                var lines = parent.inputReader()) {
            long pid = Long.parseLong(lines.readLine());
            forge(fixture, pid, Processes.startTicks(pid).orElseThrow(), Proc.bootId());
            VmmProcess adopted = fixture.host().find(HostFixture.VM).orElseThrow();
            adopted.terminate();
            assertThat(adopted.awaitExit(LIMIT)).isTrue();
            assertThat(Proc.stat(pid)).isPresent();
            assertThat(adopted.alive()).isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void discardsWhatAnotherHostStarted() throws Exception {
        long pid;
        try (HostFixture first = new HostFixture(directory)) {
            pid = first.spawn("/bin/sleep", "1000").pid();
        }
        Path kept = Files.writeString(temporary.resolve("kept"), "kept");
        try (HostFixture second = new HostFixture(directory)) {
            Files.createDirectories(second.runDirectory().resolve("deep/down"));
            Files.createSymbolicLink(second.runDirectory().resolve("deep/link"), kept);
            second.host().discard(HostFixture.VM);
            assertThat(Processes.startTicks(pid)).isEmpty();
            assertThat(second.runDirectory()).doesNotExist();
            assertThat(kept).exists();
            second.host().discard(HostFixture.VM);
        }
    }

    @Test
    void leavesAloneWhatIsNoRunDirectory() throws Exception {
        try (HostFixture fixture = new HostFixture(directory)) {
            Path strange = Files.createDirectory(directory.resolve("run/Something"));
            assertThat(fixture.host().list()).isEmpty();
            assertThat(strange).exists();
        }
    }

    @Test
    void doesNotGuessWhereARecordCannotBeRead() throws Exception {
        try (HostFixture fixture = new HostFixture(directory)) {
            fixture.host().makeRunDirectory(HostFixture.VM);
            Path record = fixture.runDirectory().resolve("process.json");
            Files.writeString(record, "{\"pid\": ");
            assertThatThrownBy(() -> fixture.host().find(HostFixture.VM))
                    .isInstanceOf(VmException.class)
                    .hasRootCauseInstanceOf(JacksonException.class);
            Files.delete(record);
        }
    }

    @Test
    void adoptsAndEndsManyAtOnce() throws Exception {
        List<ShortId> ids =
                IntStream.range(0, 20)
                        .mapToObj(i -> new ShortId("manyvms%03d".formatted(i)))
                        .toList();
        try (HostFixture first = new HostFixture(directory)) {
            forAll(ids, id -> first.host().spawn(first.plan(id, "/bin/sleep", "1000")));
        }
        assertThat(Processes.of(directory)).hasSize(20);
        try (HostFixture second = new HostFixture(directory)) {
            assertThat(second.host().list()).containsExactlyInAnyOrderElementsOf(ids);
            forAll(ids, id -> second.host().find(id).orElseThrow().kill());
            forAll(ids, id -> second.host().discard(id));
            assertThat(second.host().list()).isEmpty();
        }
    }

    private static void forAll(List<ShortId> ids, Consumer<ShortId> call) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<?> result :
                    ids.stream().map(id -> executor.submit(() -> call.accept(id))).toList()) {
                result.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    private static void forge(HostFixture fixture, long pid, long ticks, String bootId)
            throws IOException {
        fixture.host().makeRunDirectory(HostFixture.VM);
        new ProcessRecord(bootId, pid, ticks, "/s", "qemu", 1, List.of(), Optional.empty())
                .write(fixture.runDirectory());
        assertThat(ProcessRecord.read(fixture.runDirectory()).map(ProcessRecord::pid))
                .isEqualTo(Optional.of(pid));
    }
}
