package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputBoundsTest {

    private static final long MIB = 1 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir Path directory;

    @Test
    void boundsWhatAVmmAppendsAndKeepsTheTailInPlace() throws Exception {
        try (HostFixture fixture = new HostFixture(directory.resolve("state"))) {
            HostedProcess process =
                    fixture.spawnShell(
                            "dd if=/dev/zero bs=1M count=64 2>/dev/null | tr '\\0' x; printf 'the end'");
            assertThat(process.awaitExit(LIMIT)).isTrue();
            Path log = fixture.log();
            Await.until("freed", () -> allocated(log) <= HostFixture.LIMIT + 8192);
            assertThat(Files.size(log)).isEqualTo(64 * MIB + 7);
            assertThat(tail(log, 9)).isEqualTo("xxthe end");
            assertThat(byteAt(log, 64 * MIB + 7 - HostFixture.LIMIT)).isEqualTo('x');
            assertThat(byteAt(log, 0)).isZero();
            fixture.host().discard(HostFixture.VM);
        }
    }

    @Test
    void boundsWhileTheVmmWrites() throws Exception {
        try (HostFixture fixture = new HostFixture(directory.resolve("state"))) {
            HostedProcess process =
                    fixture.spawnShell(
                            "dd if=/dev/zero bs=1M count=64 2>/dev/null; exec sleep 1000");
            Path log = fixture.log();
            Await.until(
                    "freed",
                    () ->
                            Files.size(log) == 64 * MIB
                                    && allocated(log) <= HostFixture.LIMIT + 8192);
            assertThat(process.alive()).isTrue();
            fixture.host().discard(HostFixture.VM);
        }
    }

    @Test
    void boundsAtReadoptionWhatWasWrittenMeanwhile() throws Exception {
        Path state = directory.resolve("state");
        Path go = directory.resolve("go");
        try (HostFixture first = new HostFixture(state)) {
            first.spawnShell(
                    "while [ ! -e '%s' ]; do sleep 0.01; done; dd if=/dev/zero bs=1M count=8 2>/dev/null; exec sleep 1000"
                            .formatted(go));
        }
        Files.createFile(go);
        Path log = state.resolve("run").resolve(HostFixture.VM.value()).resolve("vmm.log");
        Await.until("written", () -> Files.size(log) == 8 * MIB);
        assertThat(allocated(log)).isGreaterThanOrEqualTo(8 * MIB);
        try (HostFixture second = new HostFixture(state)) {
            assertThat(second.host().find(HostFixture.VM)).isPresent();
            Await.until("freed", () -> allocated(log) <= HostFixture.LIMIT + 8192);
            second.host().discard(HostFixture.VM);
        }
    }

    @Test
    void leavesShortFilesAlone() throws Exception {
        Path file = Files.writeString(directory.resolve("short"), "all of it");
        try (OutputBounds bounds =
                new OutputBounds(64, Duration.ofMillis(1), HolePunch::byFallocate)) {
            bounds.register(List.of(file, directory.resolve("missing")));
            Files.writeString(directory.resolve("other"), "y".repeat(100_000));
            OutputBounds.Registration other = bounds.register(List.of(directory.resolve("other")));
            Await.until("a pass", () -> byteAt(directory.resolve("other"), 0) == 0);
            other.end();
        }
        assertThat(file).hasContent("all of it");
    }

    @Test
    void truncatesWhereTheFileSystemHasNoHoles() throws Exception {
        Path file = Files.writeString(directory.resolve("long"), "y".repeat(100_000));
        try (OutputBounds bounds = new OutputBounds(64, Duration.ofMillis(1), (_, _) -> false)) {
            bounds.register(List.of(file));
            Await.until("truncated", () -> Files.size(file) == 0);
            Files.writeString(file, "z".repeat(10_000));
            Await.until("truncated again", () -> Files.size(file) == 0);
        }
    }

    @Test
    void endsWithALastPass() throws Exception {
        Path file = Files.createFile(directory.resolve("long"));
        try (OutputBounds bounds =
                new OutputBounds(64, Duration.ofDays(1), HolePunch::byFallocate)) {
            OutputBounds.Registration registration = bounds.register(List.of(file));
            Files.writeString(file, "y".repeat(100_000));
            registration.end();
            Await.until("freed", () -> byteAt(file, 0) == 0);
        }
    }

    @Test
    void doesNotFollowALink() throws Exception {
        Path target = Files.writeString(directory.resolve("target"), "y".repeat(100_000));
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        try (OutputBounds bounds =
                new OutputBounds(64, Duration.ofMillis(1), HolePunch::byFallocate)) {
            bounds.register(List.of(link));
            Path other = Files.writeString(directory.resolve("other"), "y".repeat(100_000));
            bounds.register(List.of(other));
            Await.until("a pass", () -> byteAt(other, 0) == 0);
        }
        assertThat(byteAt(target, 0)).isEqualTo('y');
    }

    private static long allocated(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        try (var lines = stat.inputReader()) {
            long blocks = Long.parseLong(lines.readLine());
            assertThat(stat.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return blocks * 512;
        }
    }

    private static int byteAt(Path file, long offset) throws IOException {
        return read(file, offset, 1)[0];
    }

    private static String tail(Path file, int length) throws IOException {
        return new String(read(file, Files.size(file) - length, length), StandardCharsets.US_ASCII);
    }

    private static byte[] read(Path file, long offset, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(length);
            channel.read(buffer, offset);
            return buffer.array();
        }
    }
}
