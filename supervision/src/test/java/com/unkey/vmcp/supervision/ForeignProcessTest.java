package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.ForeignProcess;
import com.unkey.vmcp.core.port.VmmProcess.Exit;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of somebody else, which are looked at and left alone. */
class ForeignProcessTest {

    @TempDir Path temporary;
    private HostFixture fixture;
    private Process stranger;

    @BeforeEach
    void start() throws IOException {
        fixture = new HostFixture(temporary.resolve("state"));
        stranger = new ProcessBuilder("/bin/sleep", "1000").start();
    }

    @AfterEach
    void end() {
        stranger.destroyForcibly();
        fixture.close();
    }

    @Test
    void isSeenWhileItLives() {
        try (ForeignProcess seen = fixture.host().foreign(stranger.pid()).orElseThrow()) {
            assertThat(seen.pid()).isEqualTo(stranger.pid());
            assertThat(seen.alive()).isTrue();
            assertThat(seen.residentBytes().orElseThrow()).isPositive();
            assertThat(seen.cpuTime(seen.threadsNamed(""))).isGreaterThanOrEqualTo(Duration.ZERO);
            Await.until("its name", () -> !seen.threadsNamed("sleep").isEmpty());
            assertThat(seen.threadsNamed("sleep")).containsExactly(stranger.pid());
            assertThat(seen.threadsNamed("vcpu")).isEmpty();
        }
    }

    @Test
    void itsExitIsNoticed() throws Exception {
        ForeignProcess seen = fixture.host().foreign(stranger.pid()).orElseThrow();
        CompletableFuture<Exit> exit = new CompletableFuture<>();
        seen.onExit(exit::complete);
        stranger.destroyForcibly();
        assertThat(exit.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(new Exit(OptionalInt.empty()));
        assertThat(seen.alive()).isFalse();
        assertThat(seen.residentBytes()).isEmpty();
        assertThat(seen.threadsNamed("")).isEmpty();
        Await.until("no hold on it", () -> pidfds() == 0);
    }

    @Test
    void livesOnWhenNobodyLooksAnyMore() throws Exception {
        ForeignProcess first = fixture.host().foreign(stranger.pid()).orElseThrow();
        ForeignProcess second = fixture.host().foreign(stranger.pid()).orElseThrow();
        assertThat(pidfds()).isEqualTo(2);
        first.close();
        first.close();
        assertThat(pidfds()).isEqualTo(1);
        assertThat(second.alive()).isTrue();
        fixture.close();
        assertThat(pidfds()).isZero();
        assertThat(Processes.startTicks(stranger.pid())).isPresent();
        fixture = new HostFixture(temporary.resolve("state"));
    }

    @Test
    void isKnownByTheSocketThatItServes() throws IOException {
        Path socket = temporary.resolve("served");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            try (ForeignProcess seen = fixture.host().serving(socket).orElseThrow()) {
                assertThat(seen.pid()).isEqualTo(ProcessHandle.current().pid());
            }
        }
        assertThatThrownBy(() -> fixture.host().serving(socket)).isInstanceOf(VmException.class);
    }

    @Test
    void isNotThereWhereThereIsNone() throws Exception {
        stranger.destroyForcibly().waitFor();
        assertThat(fixture.host().foreign(stranger.pid())).isEmpty();
        assertThat(fixture.host().foreign(Integer.MAX_VALUE)).isEmpty();
        assertThat(pidfds()).isZero();
    }

    /** Descriptors of the stranger among those of this process. */
    private long pidfds() throws IOException {
        try (Stream<Path> infos = Files.list(Path.of("/proc/self/fdinfo"))) {
            return infos.filter(this::isOfStranger).count();
        }
    }

    private boolean isOfStranger(Path info) {
        try {
            return Files.readAllLines(info).contains("Pid:\t" + stranger.pid());
        } catch (IOException _) {
            return false;
        }
    }
}
