package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import com.unkey.vmcp.testkit.cloudhypervisor.VmmProgram;
import com.unkey.vmcp.testkit.cloudhypervisor.VmmServer;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Cloud Hypervisor that somebody else started, and what a daemon attached to it makes of it. */
abstract class AttachedContract {

    private final Backend backend;
    private Home home;
    private VmmServer program;

    AttachedContract(Backend backend) {
        this.backend = backend;
    }

    /** The daemon has a program of its own too, and must not use it. */
    @BeforeEach
    void startProgram() throws IOException {
        home = Home.make(backend);
        Path directory = Files.createDirectory(home.root().resolve("ch"));
        program = VmmProgram.start(backend.program(home.files()), directory, List.of());
        home.with("CH_ENDPOINT", "unix://" + program.socket());
    }

    /** The daemon's home is closed by then, unless no daemon was started. */
    @AfterEach
    void endProgram() {
        // Where the program is missing the test was skipped.
        if (program != null) {
            program.close();
        }
        if (home != null && Files.exists(home.root())) {
            home.close();
        }
    }

    @Test
    void vmThatRunsThereIsAdoptedUnderOneId() throws IOException {
        bootByHand();
        try (Bench bench = start()) {
            String vm = onlyVm(bench.client(), States.RUNNING);
            assertThat(
                            bench.client()
                                    .info(vm)
                                    .ok()
                                    .body()
                                    .at("/config/boot/kernel_path")
                                    .asString())
                    .isEqualTo(home.miniGuest().toString());
            int tick = bench.client().guest(vm).awaitTicks();

            bench.killAndStartAgain();

            assertThat(onlyVm(bench.client(), States.RUNNING)).isEqualTo(vm);
            assertThat(bench.client().guest(vm).awaitTicks()).isGreaterThan(tick);
            Answer _ = bench.client().call("PauseVm", vm).ok();
            Answer _ = bench.client().call("ResumeVm", vm).ok();
            Answer _ = bench.client().force("RebootVm", vm).ok();
            bench.client().create("second", config()).refused("resource_exhausted");
            assertThat(onlyVm(bench.client(), States.RUNNING)).isEqualTo(vm);
            bench.client().force("DeleteVm", vm).ok();
            assertNoVmInside();
            leaveToTest(bench);
        }
    }

    @Test
    void vmThatIsBootedThereLaterIsFoundWhenAnotherIsAskedFor() throws IOException {
        try (Bench bench = start()) {
            assertThat(bench.client().states()).isEmpty();
            bootByHand();

            bench.client().create("mine", config()).refused("resource_exhausted");

            String vm = onlyVm(bench.client(), States.RUNNING);
            assertThat(bench.client().call("PauseVm", vm).ok().state()).isEqualTo(States.PAUSED);
            bench.client().force("DeleteVm", vm).ok();
            bench.client().run("mine", config());
            bench.client().force("DeleteVm", "mine").ok();
            leaveToTest(bench);
        }
    }

    @Test
    void wholeLifeOfAVmInSomebodyElsesVmm() throws IOException {
        try (Bench bench = start()) {
            VmClient client = bench.client();
            assertThat(client.get("/_/health").ok().text("status")).isEqualTo("healthy");
            client.run("a", config());
            int _ = client.guest("a").awaitTicks();
            client.create("b", config()).refused("resource_exhausted");
            assertThat(client.call("PauseVm", "a").ok().state()).isEqualTo(States.PAUSED);
            assertThat(client.call("ResumeVm", "a").ok().state()).isEqualTo(States.RUNNING);
            assertThat(client.force("RebootVm", "a").ok().state()).isEqualTo(States.RUNNING);
            assertThat(client.force("ShutdownVm", "a").ok().state()).isEqualTo(States.SHUTDOWN);
            assertThat(client.call("BootVm", "a").ok().state()).isEqualTo(States.RUNNING);
            int _ = client.guest("a").awaitTicks();
            client.force("DeleteVm", "a").ok();
            assertNoVmInside();
            client.run("b", config());
            client.force("DeleteVm", "b").ok();
            leaveToTest(bench);
        }
    }

    /** Started as this one is, the VMM ends with its guest. */
    @Test
    void guestThatHeedsItsButtonIsShutDown() throws IOException {
        bootByHand();
        try (Bench bench = start()) {
            String vm = onlyVm(bench.client(), States.RUNNING);
            int _ = bench.client().guest(vm).awaitTicks();

            assertThat(bench.client().call("ShutdownVm", vm).ok().state())
                    .isEqualTo(States.SHUTDOWN);

            Await.until("the VMM to end", () -> !program.alive());
            bench.client().call("BootVm", vm).refused("unavailable");
            bench.client().call("DeleteVm", vm).ok();
        }
    }

    @Test
    void vmGoesDownWithItsVmm() throws IOException {
        bootByHand();
        try (Bench bench = start()) {
            String vm = onlyVm(bench.client(), States.RUNNING);

            program.kill();

            bench.client().awaitState(vm, States.SHUTDOWN);
            assertThat(bench.client().fact(vm, "last_exit")).isNotEmpty();
            bench.client().call("BootVm", vm).refused("unavailable");
            assertThat(bench.client().state(vm)).isEqualTo(States.SHUTDOWN);
            Answer health = bench.client().get("/_/health");
            assertThat(health.status()).isEqualTo(503);
            bench.client().call("DeleteVm", vm).ok();
        }
    }

    private Bench start() {
        return Bench.start(home, Program.PACKAGE);
    }

    private VmConfigs config() {
        return VmConfigs.mini(home);
    }

    private void bootByHand() throws IOException {
        String body =
                """
                {"cpus": {"boot_vcpus": 1, "max_vcpus": 1}, "memory": {"size": 33554432},
                 "payload": {"kernel": "%s"}, "serial": {"mode": "File", "file": "%s"},
                 "console": {"mode": "Off"}}
                """
                        .formatted(home.miniGuest(), home.files().resolve("serial"));
        try (ApiSocket api = program.connect()) {
            assertThat(api.put("vm.create", body).status()).isEqualTo(204);
            assertThat(api.put("vm.boot").status()).isEqualTo(204);
        }
    }

    /** The one VM there is, in the state that it must be in. */
    private static String onlyVm(VmClient client, String state) {
        Map<String, String> states = client.states();
        assertThat(states).hasSize(1).containsValue(state);
        return states.keySet().iterator().next();
    }

    private void assertNoVmInside() throws IOException {
        assertThat(program.alive()).as("the VMM lives on").isTrue();
        try (ApiSocket api = program.connect()) {
            assertThat(api.get("vm.info").status()).isEqualTo(404);
        }
    }

    /** The VMM is the test's to end; the home must be left without processes. */
    private void leaveToTest(Bench bench) {
        assertThat(bench.client().states()).isEmpty();
        program.close();
        Await.until("the VMM to end", () -> !program.alive());
    }
}
