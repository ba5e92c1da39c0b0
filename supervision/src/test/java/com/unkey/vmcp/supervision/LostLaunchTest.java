package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found of a launch whose process was not recorded. */
class LostLaunchTest {

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
        }
        assertThat(Processes.of(temporary)).isEmpty();
    }

    @Test
    void isFoundWhereTheDaemonDiedBeforeTheRecord() throws Exception {
        dieUnrecorded();
        assertThat(Processes.of(directory)).hasSize(1);
        VmmProcess found;
        try (HostFixture second = new HostFixture(directory)) {
            assertThat(record(second).unfinished()).isTrue();
            found = second.host().find(HostFixture.VM).orElseThrow();
            assertThat(found.alive()).isTrue();
            assertThat(record(second).pid()).isEqualTo(found.pid());
            assertThat(record(second).outputs()).containsExactly(second.log().toString());
        }
        try (HostFixture third = new HostFixture(directory)) {
            VmmProcess again = third.host().find(HostFixture.VM).orElseThrow();
            assertThat(again.pid()).isEqualTo(found.pid());
            again.kill();
            assertThat(again.awaitExit(LIMIT)).isTrue();
            assertThat(third.host().find(HostFixture.VM)).isEmpty();
        }
    }

    @Test
    void isEndedWithTheRunDirectory() throws Exception {
        dieUnrecorded();
        try (HostFixture second = new HostFixture(directory)) {
            second.host().discard(HostFixture.VM);
            assertThat(Processes.of(directory)).isEmpty();
            assertThat(second.runDirectory()).doesNotExist();
        }
    }

    @Test
    void keepsAnotherFromBeingStarted() throws Exception {
        dieUnrecorded();
        try (HostFixture second = new HostFixture(directory)) {
            assertThatThrownBy(() -> second.spawn("/bin/sleep", "1000"))
                    .isInstanceOf(VmException.class)
                    .hasMessageContaining("runs already");
        }
    }

    /** Whenever the daemon is killed: the pauses make it happen at different points of a start. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 40})
    void isFoundWheneverTheDaemonIsKilled(int before) throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start(directory, "many")) {
            for (int i = 0; i < before; i++) {
                daemon.awaitLine("spawned");
            }
        }
        try (HostFixture second = new HostFixture(directory)) {
            for (ShortId id : second.host().list()) {
                second.host().find(id).ifPresent(VmmProcess::kill);
                second.host().discard(id);
            }
            assertThat(Processes.of(directory)).isEmpty();
        }
    }

    @Test
    void isNoneWhereItsProcessHasEnded() throws Exception {
        try (HostFixture fixture = new HostFixture(directory)) {
            noteLaunch(fixture, Proc.bootId());
            assertThat(fixture.host().find(HostFixture.VM)).isEmpty();
            VmmProcess next = fixture.spawn("/bin/sleep", "1000");
            assertThat(record(fixture).pid()).isEqualTo(next.pid());
        }
    }

    @Test
    void isNoneWhereItIsOfAnotherBoot() throws Exception {
        dieUnrecorded();
        try (HostFixture second = new HostFixture(directory)) {
            noteLaunch(second, "another boot");
            assertThat(second.host().find(HostFixture.VM)).isEmpty();
            noteLaunch(second, Proc.bootId());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0\0\0"})
    void isNoneWhereALossOfPowerLeftABlankRecord(String content) throws Exception {
        try (HostFixture fixture = new HostFixture(directory)) {
            fixture.host().makeRunDirectory(HostFixture.VM);
            Files.writeString(fixture.runDirectory().resolve("process.json"), content);
            assertThat(fixture.host().find(HostFixture.VM)).isEmpty();
            assertThat(fixture.spawn("/bin/sleep", "1000").alive()).isTrue();
        }
    }

    @Test
    void isFoundWhereTheRecordWasCutShort() throws Exception {
        dieUnrecorded();
        try (HostFixture second = new HostFixture(directory)) {
            Path file = second.runDirectory().resolve("process.json");
            Files.writeString(file, Files.readString(file) + "{\"pid\": 1");
            VmmProcess found = second.host().find(HostFixture.VM).orElseThrow();
            assertThat(record(second).pid()).isEqualTo(found.pid());
        }
    }

    @Test
    void replacesTheRecordOfAnEarlierLaunch() throws Exception {
        try (HostFixture first = new HostFixture(directory)) {
            VmmProcess earlier = first.spawn("/bin/true");
            assertThat(earlier.awaitExit(LIMIT)).isTrue();
        }
        dieUnrecorded();
        try (HostFixture second = new HostFixture(directory)) {
            assertThat(record(second).unfinished()).isTrue();
            assertThat(second.host().find(HostFixture.VM)).isPresent();
        }
    }

    @Test
    void isKnownByAnArgumentWhereItWorksElsewhere() throws Exception {
        try (HostFixture fixture = new HostFixture(directory)) {
            noteLaunch(fixture, Proc.bootId());
            Path socket = Files.createFile(fixture.runDirectory().resolve("api.sock"));
            Process vmm = new ProcessBuilder("/usr/bin/setsid", "tail", "-f", "" + socket).start();
            Await.until("found", () -> fixture.host().find(HostFixture.VM).isPresent());
            assertThat(fixture.host().find(HostFixture.VM).orElseThrow().pid())
                    .isEqualTo(vmm.pid());
        }
    }

    @Test
    void isNotWhoeverLooksIntoTheRunDirectory() throws Exception {
        try (HostFixture fixture = new HostFixture(directory)) {
            noteLaunch(fixture, Proc.bootId());
            Path log = Files.createFile(fixture.log());
            Process reader =
                    new ProcessBuilder("/usr/bin/tail", "-f", log.toString())
                            .directory(fixture.runDirectory().toFile())
                            .start();
            try {
                Await.until("started", () -> Processes.of(directory).contains(reader.pid()));
                assertThat(fixture.host().find(HostFixture.VM)).isEmpty();
            } finally {
                reader.destroyForcibly().waitFor();
            }
        }
    }

    private void dieUnrecorded() throws IOException {
        try (ChildDaemon daemon = ChildDaemon.start(directory, "die-unrecorded")) {
            daemon.awaitEnd();
        }
    }

    private static ProcessRecord record(HostFixture fixture) throws IOException {
        return ProcessRecord.read(fixture.runDirectory()).orElseThrow();
    }

    /** What a daemon writes before it starts a process. */
    private static void noteLaunch(HostFixture fixture, String bootId) throws IOException {
        fixture.host().makeRunDirectory(HostFixture.VM);
        ProcessRecord.before(fixture.plan(HostFixture.VM, "none"), bootId)
                .write(fixture.runDirectory());
    }
}
