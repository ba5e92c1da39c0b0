package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import com.unkey.vmcp.testkit.firecracker.FirecrackerProgram;
import com.unkey.vmcp.testkit.firecracker.FirecrackerServer;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Firecracker that somebody else started, and what a daemon attached to it makes of it. */
abstract class AttachedFirecrackerContract {

    private final Backend backend;
    private Home home;
    private FirecrackerServer program;

    AttachedFirecrackerContract(Backend backend) {
        this.backend = backend;
    }

    /** The daemon has a program of its own too, and must not use it. */
    @BeforeEach
    void open() throws IOException {
        home = Home.make(backend);
        startProgram();
        home.with("FC_ENDPOINT", "unix://" + program.socket());
    }

    /** One serves one guest; the next one finds its socket's path in the way. */
    private void startProgram() throws IOException {
        Path directory = Files.createDirectories(home.root().resolve("fc"));
        Path socket = directory.resolve("api.sock");
        Files.deleteIfExists(socket);
        program =
                FirecrackerProgram.launch(
                        backend.program(home.files()),
                        directory,
                        List.of(
                                "--api-sock",
                                socket.toString(),
                                "--log-path",
                                directory.resolve("log").toString()));
        program.awaitApi();
    }

    /** The daemon's home is closed by then, unless no daemon was started. */
    @AfterEach
    void close() {
        // Where the program is missing the test was skipped.
        if (program != null) {
            program.close();
        }
        if (home != null && Files.exists(home.root())) {
            home.close();
        }
    }

    @Test
    void wholeLifeOfAVmInSomebodyElsesFirecracker() throws IOException {
        try (Bench bench = Bench.start(home, Program.PACKAGE)) {
            VmClient client = bench.client();
            client.run("a", config());
            int _ = client.guest("a").awaitTicks();
            client.create("b", config()).refused("resource_exhausted");
            refusesWhatItsMakerAloneCanDo(client, "a");
            assertThat(client.call("PauseVm", "a").ok().state()).isEqualTo(States.PAUSED);
            assertThat(client.call("ResumeVm", "a").ok().state()).isEqualTo(States.RUNNING);
            assertThat(client.call("ShutdownVm", "a").ok().state()).isEqualTo(States.SHUTDOWN);
            program.close();
            assertThat(client.call("BootVm", "a").refused("unavailable").message())
                    .contains("start a fresh one");

            startProgram();
            assertThat(client.call("BootVm", "a").ok().state()).isEqualTo(States.RUNNING);
            int _ = client.guest("a").awaitTicks();
            leaveToTest(client, "a");
        }
    }

    private static void refusesWhatItsMakerAloneCanDo(VmClient client, String vm) {
        client.force("ShutdownVm", vm).refused("unimplemented");
        client.force("RebootVm", vm).refused("unimplemented");
        client.call("RebootVm", vm).refused("unimplemented");
        client.force("DeleteVm", vm).refused("unimplemented");
        assertThat(client.state(vm)).isEqualTo(States.RUNNING);
    }

    @Test
    void vmThatRunsThereIsAdoptedUnderOneId() throws IOException {
        bootByHand();
        try (Bench bench = Bench.start(home, Program.PACKAGE)) {
            String vm = onlyVm(bench.client());

            bench.killAndStartAgain();

            assertThat(onlyVm(bench.client())).isEqualTo(vm);
            refusesWhatItsMakerAloneCanDo(bench.client(), vm);
            bench.client().create("second", config()).refused("resource_exhausted");
            leaveToTest(bench.client(), vm);
        }
    }

    @Test
    void vmGoesDownWithItsProcess() throws IOException {
        bootByHand();
        try (Bench bench = Bench.start(home, Program.PACKAGE)) {
            String vm = onlyVm(bench.client());

            program.kill();

            bench.client().awaitState(vm, States.SHUTDOWN);
            bench.client().call("BootVm", vm).refused("unavailable");
            bench.client().call("DeleteVm", vm).ok();
        }
    }

    private VmConfigs config() {
        return VmConfigs.mini(home);
    }

    private void bootByHand() throws IOException {
        try (ApiSocket api = program.connect()) {
            put(api, "machine-config", "{\"vcpu_count\": 1, \"mem_size_mib\": 32}");
            put(api, "boot-source", "{\"kernel_image_path\": \"%s\"}".formatted(home.miniGuest()));
            put(api, "actions", "{\"action_type\": \"InstanceStart\"}");
        }
    }

    private static void put(ApiSocket api, String endpoint, String body) throws IOException {
        assertThat(api.put(endpoint, body).status()).isEqualTo(204);
    }

    /** The one VM there is, which runs. */
    private static String onlyVm(VmClient client) {
        var states = client.states();
        assertThat(states).hasSize(1).containsValue(States.RUNNING);
        return states.keySet().iterator().next();
    }

    /** The process is the test's to end; the home must be left without VMs and processes. */
    private void leaveToTest(VmClient client, String vm) {
        program.close();
        client.awaitState(vm, States.SHUTDOWN);
        client.call("DeleteVm", vm).ok();
        assertThat(client.states()).isEmpty();
    }
}
