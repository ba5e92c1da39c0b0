package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.unkey.vmcp.testkit.cloudhypervisor.FakeProgram;
import com.unkey.vmcp.testkit.cloudhypervisor.VmmProgram;
import com.unkey.vmcp.testkit.cloudhypervisor.VmmServer;
import com.unkey.vmcp.testkit.firecracker.FakeFirecrackerProgram;
import com.unkey.vmcp.testkit.firecracker.FirecrackerProgram;
import com.unkey.vmcp.testkit.firecracker.FirecrackerServer;
import com.unkey.vmcp.testkit.firecracker.JailerProgram;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Path;

/** What runs the VMs of a test: a backend of the daemon's, and the program behind it. */
enum Backend {
    QEMU("qemu", MiniGuest.Machine.Q35) {
        @Override
        Home configure(Home home) {
            return home.with("QEMU_ACCEL", "tcg");
        }

        @Override
        void pressPowerButton(Path runDirectory) throws IOException {
            Monitor.pressPowerButton(runDirectory.resolve("qmp.sock"));
        }
    },

    /** The real program; a test that asks for it is skipped where there is none. */
    CLOUD_HYPERVISOR("cloudhypervisor", MiniGuest.Machine.CLOUD_HYPERVISOR) {
        @Override
        void assumeThere() {
            assumeTrue(VmmProgram.installed().isPresent(), VmmProgram.MISSING);
        }

        @Override
        Path program(Path directory) {
            return VmmProgram.installed().orElseThrow();
        }
    },

    /** A program of the testkit's that behaves the same, where there is no real one or no KVM. */
    FAKE_CLOUD_HYPERVISOR("cloudhypervisor", MiniGuest.Machine.CLOUD_HYPERVISOR) {
        @Override
        Path program(Path directory) throws IOException {
            return FakeProgram.writeTo(directory);
        }
    },

    /** The real program, as above. */
    FIRECRACKER("firecracker", MiniGuest.Machine.FIRECRACKER) {
        @Override
        void assumeThere() {
            assumeTrue(FirecrackerProgram.installed().isPresent(), FirecrackerProgram.MISSING);
        }

        @Override
        Path program(Path directory) {
            return FirecrackerProgram.installed().orElseThrow();
        }
    },

    /** What behaves the same, as above. */
    FAKE_FIRECRACKER("firecracker", MiniGuest.Machine.FIRECRACKER) {
        @Override
        Path program(Path directory) throws IOException {
            return FakeFirecrackerProgram.writeTo(directory);
        }
    },

    /** The real program behind the real jailer, each VM as a user of its own. */
    JAILED_FIRECRACKER("firecracker", MiniGuest.Machine.FIRECRACKER) {
        private static final String IDS = "71201-71299";

        @Override
        void assumeThere() {
            assumeTrue(JailerProgram.installed().isPresent(), JailerProgram.MISSING);
        }

        @Override
        Path program(Path directory) {
            return JailerProgram.installed().orElseThrow().firecracker();
        }

        @Override
        Home configure(Home home) throws IOException {
            Path jailer = JailerProgram.installed().orElseThrow().jailer();
            return super.configure(home)
                    .with("FC_JAILER", jailer.toString())
                    .with("FC_JAILER_UIDS", IDS)
                    .with("FC_JAILER_GIDS", IDS)
                    .with("FC_JAILER_CHROOT", home.files().resolveSibling("jails").toString());
        }

        @Override
        Path socket(Path runDirectory) {
            return runDirectory.resolve("jail").resolve("fc.sock");
        }
    };

    private static final String CTRL_ALT_DEL = "{\"action_type\":\"SendCtrlAltDel\"}";

    private final String id;
    private final MiniGuest.Machine machine;

    Backend(String id, MiniGuest.Machine machine) {
        this.id = id;
        this.machine = machine;
    }

    /** As {@code UNKEY_VMCP_BACKEND} has it. */
    String id() {
        return id;
    }

    /** A guest that counts and powers off at its button. */
    MiniGuest guest() {
        return MiniGuest.tickWithPowerButton(machine);
    }

    /** Skips the test where the program is missing. */
    void assumeThere() {}

    /** Sets what daemons of that home have to know. */
    Home configure(Home home) throws IOException {
        String variable = isFirecracker() ? "FC_BINARY" : "CH_BINARY";
        return home.with(variable, program(home.files()).toString());
    }

    /**
     * The program that VMs run in.
     *
     * @param directory where it may be made
     */
    Path program(Path directory) throws IOException {
        throw new IllegalStateException(this + " finds its program by itself in " + directory);
    }

    private boolean isFirecracker() {
        return machine == MiniGuest.Machine.FIRECRACKER;
    }

    /**
     * What is said of a VM whose guest obeyed while no daemon was there. Firecracker knows of no
     * button, so nobody can tell why its guest did what it did.
     */
    String wordsOfAnUnseenEnd() {
        return isFirecracker() ? "reset itself" : "powered off";
    }

    /** Presses a VM's power button while no daemon is there, until the guest has obeyed. */
    void pressPowerButton(Path runDirectory) throws IOException {
        if (isFirecracker()) {
            pressCtrlAltDel(runDirectory);
        } else {
            pressAcpiButton(runDirectory);
        }
    }

    private static void pressAcpiButton(Path runDirectory) throws IOException {
        try (ApiSocket api = ApiSocket.connect(runDirectory.resolve("ch.sock"), VmmServer.API)) {
            int status = api.put("vm.power-button").status();
            Await.until(
                    "the guest to obey after " + status,
                    () -> api.get("vm.info").json().path("state").asString().equals("Created"));
        }
    }

    /** Where a VM's Firecracker serves its API. */
    Path socket(Path runDirectory) {
        return runDirectory.resolve("fc.sock");
    }

    /** Sends Firecracker's guest what it takes for its button; returns when that has ended it. */
    void pressCtrlAltDel(Path runDirectory) throws IOException {
        Path socket = socket(runDirectory);
        try (ApiSocket api = ApiSocket.connect(socket, FirecrackerServer.API)) {
            assertThat(api.put("actions", CTRL_ALT_DEL).status()).isEqualTo(204);
            // Not asked how it is: one that is asked while its guest ends may hang for ever.
            assertThat(api.readToEnd()).isEmpty();
        }
    }
}
