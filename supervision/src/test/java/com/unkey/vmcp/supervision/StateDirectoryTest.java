package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

    private static final String SOCKET = "qmp.sock";

    @TempDir Path temporary;

    @Test
    void makesItselfAndWhatIsAboveForTheOwnerAlone() throws Exception {
        Path directory = temporary.resolve("above/state");
        try (StateDirectory state = StateDirectory.open(directory, SOCKET)) {
            assertThat(mode(directory.getParent())).isEqualTo("rwx------");
            assertThat(mode(directory)).isEqualTo("rwx------");
            assertThat(mode(state.runDirectories())).isEqualTo("rwx------");
            assertThat(mode(state.consoleFiles())).isEqualTo("rwx------");
            assertThat(mode(directory.resolve("lock"))).isEqualTo("rw-------");
        }
    }

    @Test
    void closesItselfToReaders() throws Exception {
        Path directory = Files.createDirectory(temporary.resolve("state"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var _ = StateDirectory.open(directory, SOCKET)) {
            assertThat(mode(directory)).isEqualTo("rwx------");
        }
    }

    @Test
    void refusesOneThatOthersMayWrite() throws Exception {
        Path directory = Files.createDirectory(temporary.resolve("state"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatThrownBy(() -> StateDirectory.open(directory, SOCKET))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("may be written by others (rwxrwxr-x)");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesOneOfSomebodyElse() throws Exception {
        Path directory = Files.createDirectory(temporary.resolve("state"));
        assumeThat(Libc.geteuid()).as("only root can give files away").isZero();
        Files.setAttribute(directory, "unix:uid", 65534);
        assertThatThrownBy(() -> StateDirectory.open(directory, SOCKET))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("belongs to user")
                .hasMessageContaining("uid 65534");
    }

    @Test
    void refusesASecondDaemonByNameOfTheFirst() throws Exception {
        Path directory = temporary.resolve("state");
        try (var _ = StateDirectory.open(directory, SOCKET)) {
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> StateDirectory.open(directory, SOCKET))
                        .isInstanceOf(StartException.class)
                        .hasMessageContaining(directory.toString())
                        .hasMessageContaining("pid " + ProcessHandle.current().pid());
            }
        }
        StateDirectory.open(directory, SOCKET).close();
    }

    @Test
    void refusesASecondDaemonOfAnotherProcess() throws Exception {
        Path directory = temporary.resolve("state");
        try (ChildDaemon daemon = ChildDaemon.start(directory, "idle")) {
            daemon.awaitLine("idle");
            assertThatThrownBy(() -> StateDirectory.open(directory, SOCKET))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("pid " + daemon.pid());
        }
        StateDirectory.open(directory, SOCKET).close();
    }

    @Test
    void givesEachBackendADirectoryThatLasts() throws Exception {
        Path directory = temporary.resolve("state");
        Path own;
        try (StateDirectory state = StateDirectory.open(directory, SOCKET)) {
            own = state.backendDirectory(new BackendName("one"));
            Files.createFile(own.resolve("kept"));
            assertThat(state.backendDirectory(new BackendName("other"))).isEmptyDirectory();
        }
        try (StateDirectory state = StateDirectory.open(directory, SOCKET)) {
            assertThat(state.backendDirectory(new BackendName("one")))
                    .isEqualTo(own)
                    .isDirectoryContaining("glob:**/kept");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                .isEqualTo("rwx------");
    }

    @Test
    void takesPathsThatAreJustShortEnough() {
        int rest = 107 - (temporary.toString() + "//run/0123456789/" + SOCKET).length();
        String fits = "d".repeat(rest);
        StateDirectory.open(temporary.resolve(fits), SOCKET).close();
        Path tooLong = temporary.resolve(fits + "d");
        assertThatThrownBy(() -> StateDirectory.open(tooLong, SOCKET))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("108 bytes")
                .hasMessageContaining("UNKEY_VMCP_STATE_DIR");
        assertThat(tooLong).doesNotExist();
    }

    @Test
    void keepsModesUnderAnyUmask() throws Exception {
        Path directory = temporary.resolve("state");
        try (ChildDaemon daemon = ChildDaemon.start(directory, "run", "umask 000")) {
            daemon.awaitLine("spawned");
        }
        Path run = directory.resolve("run").resolve(HostFixture.VM.value());
        Await.until("the VMM's file", () -> Files.exists(run.resolve("started")));
        assertThat(mode(directory)).isEqualTo("rwx------");
        assertThat(mode(run)).isEqualTo("rwx------");
        assertThat(mode(run.resolve("vmm.log"))).isEqualTo("rw-------");
        assertThat(mode(run.resolve("process.json"))).isEqualTo("rw-------");
        assertThat(mode(run.resolve("started"))).isEqualTo("rw-------");
        try (HostFixture fixture = new HostFixture(directory)) {
            fixture.host().discard(HostFixture.VM);
        }
        assertThat(Processes.of(temporary)).isEmpty();
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
