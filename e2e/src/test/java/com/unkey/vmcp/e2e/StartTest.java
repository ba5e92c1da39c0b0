package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the daemon starts, or says why not. */
class StartTest {

    private Home home;

    @BeforeEach
    void makeHome() {
        home = Home.make();
    }

    @AfterEach
    void nothingIsLeft() {
        home.close();
    }

    @Test
    void secondDaemonOnTheSameStateIsRefused() {
        try (DaemonProcess first = start().awaitReady();
                VmClient client = new VmClient(first.url(), Optional.empty());
                DaemonProcess second = start()) {
            assertThat(second.awaitExit()).isEqualTo(1);
            assertThat(second.errors())
                    .contains(home.state().toString())
                    .containsIgnoringCase("another daemon");
            assertThat(client.get("/health").ok().text("status")).isEqualTo("ok");
        }
    }

    @Test
    void portInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            home.with("PORT", Integer.toString(taken.getLocalPort()));
            try (DaemonProcess daemon = start()) {
                assertThat(daemon.awaitExit()).isEqualTo(1);
                assertThat(daemon.errors())
                        .startsWith("vmm-controlplane: cannot start: ")
                        .contains(Integer.toString(taken.getLocalPort()))
                        .containsIgnoringCase("in use");
            }
        }
    }

    @Test
    void everyBadVariableIsNamedAtOnce() {
        home.with("PORT", "eighty")
                .with("QEMU_ACCEL", "warp")
                .with("QEMU_MACHINE", "pdp11")
                .with("STATE_DIR", "relative")
                .with("OTEL_SAMPLING_RATE", "2")
                .with("OTEL_ENABLED", "perhaps");
        try (DaemonProcess daemon = start()) {
            assertThat(daemon.awaitExit()).isEqualTo(2);
            assertThat(daemon.errors())
                    .contains("UNKEY_VMCP_PORT", "eighty", "0 to 65535")
                    .contains("UNKEY_VMCP_QEMU_ACCEL", "warp", "auto, kvm or tcg")
                    .contains("UNKEY_VMCP_QEMU_MACHINE", "pdp11", "q35 or microvm")
                    .contains("UNKEY_VMCP_STATE_DIR", "relative", "an absolute path")
                    .contains("UNKEY_VMCP_OTEL_SAMPLING_RATE", "0.0 to 1.0")
                    .contains("UNKEY_VMCP_OTEL_ENABLED", "perhaps", "true or false");
        }
    }

    @Test
    void unknownBackendIsRefused() {
        home.with("BACKEND", "nope");
        try (DaemonProcess daemon = start()) {
            assertThat(daemon.awaitExit()).isEqualTo(2);
            assertThat(daemon.errors()).contains("unsupported backend type: nope");
        }
    }

    @Test
    void versionAndHelpArePrinted() {
        try (DaemonProcess version = start("-version");
                DaemonProcess help = start("-help");
                DaemonProcess wrong = start("-nonsense")) {
            assertThat(version.awaitExit()).isZero();
            assertThat(version.output()).matches("vmm-controlplane \\d+\\.\\d+\\.\\d+\\S*\n");
            assertThat(help.awaitExit()).isZero();
            assertThat(help.output()).contains("-socket", "-help", "-version");
            assertThat(wrong.awaitExit()).isEqualTo(2);
            assertThat(wrong.errors()).contains("-nonsense", "Usage:");
        }
        assertThat(home.state()).as("state of a daemon that never served").doesNotExist();
    }

    @Test
    void warningsAreGivenAndTheDaemonServes() {
        home.with("MISSPELT", "1").with("OTEL_ENABLED", "true").with("ADDRESS", "0.0.0.0");
        try (DaemonProcess daemon = start().awaitReady()) {
            assertThat(daemon.said())
                    .contains("UNKEY_VMCP_MISSPELT")
                    .contains("UNKEY_VMCP_OTEL_ENABLED=true")
                    .contains("without client certificates");
        }
    }

    @Test
    void socketFlagIsAccepted() {
        try (DaemonProcess daemon = start("-socket", "/nonexistent/ch.sock").awaitReady()) {
            assertThat(daemon.isAlive()).isTrue();
        }
    }

    @Test
    void stateOfOthersIsRefused() throws Exception {
        Files.createDirectory(
                home.state(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setPosixFilePermissions(home.state(), PosixFilePermissions.fromString("rwxrwxrwx"));
        try (DaemonProcess daemon = start()) {
            assertThat(daemon.awaitExit()).isEqualTo(1);
            assertThat(daemon.errors()).contains(home.state().toString());
        }
    }

    @Test
    void stateTooDeepForSocketsIsRefused() {
        home.with("STATE_DIR", home.state().resolve("d".repeat(90)).toString());
        try (DaemonProcess daemon = start()) {
            assertThat(daemon.awaitExit()).isEqualTo(1);
            assertThat(daemon.errors()).contains("too deep", "107");
        }
    }

    @Test
    void stateIsTheDaemonsOwn() {
        try (DaemonProcess _ = start().awaitReady()) {
            assertThat(permissions(home.state())).isEqualTo("rwx------");
            for (Path entry : Home.entries(home.state())) {
                assertThat(permissions(entry))
                        .as("permissions of %s", entry)
                        .isEqualTo(Files.isDirectory(entry) ? "rwx------" : "rw-------");
            }
        }
    }

    private static String permissions(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DaemonProcess start(String... arguments) {
        return DaemonProcess.start(home, Program.PACKAGE, arguments);
    }
}
