package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.process.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What becomes of VMs while the daemon is killed, and when the next one takes over, whatever
 * backend runs them.
 */
abstract class RestartContract {

    private static final String VM = "a";
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private final Backend backend;
    private Bench bench;

    RestartContract(Backend backend) {
        this.backend = backend;
    }

    @BeforeEach
    void start() {
        bench = Bench.start(backend);
        bench.client().run(VM, VmConfigs.mini(bench.home()));
        // A guest that is not up yet would not see its power button being pressed.
        int _ = guest().awaitTicks();
    }

    @AfterEach
    void stop() {
        // Where the backend's program is missing the test was skipped.
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void guestNeverNoticesThatTheDaemonWasKilled() {
        long pid = bench.client().pid(VM);
        int tick = guest().awaitTicks();
        Guest console = guest();

        bench.kill9();
        assertThat(console.awaitTicks()).as("ticks without a daemon").isGreaterThan(tick);
        bench.startAgain();

        assertThat(bench.client().state(VM)).isEqualTo(States.RUNNING);
        assertThat(bench.client().pid(VM)).isEqualTo(pid);
        assertThat(guest().awaitTicks()).isGreaterThan(tick);
        assertEveryCallWorks();
    }

    @Test
    void everyStateOutlivesTheDaemon() {
        VmClient before = bench.client();
        before.create("created", mini()).ok();
        before.run("paused", mini());
        before.call("PauseVm", "paused").ok();
        before.run("down", mini());
        before.force("ShutdownVm", "down").ok();
        Map<String, String> states = before.states();

        bench.killAndStartAgain();

        assertThat(bench.client().states())
                .isEqualTo(states)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                VM,
                                States.RUNNING,
                                "created",
                                States.CREATED,
                                "paused",
                                States.PAUSED,
                                "down",
                                States.SHUTDOWN));
        assertThat(bench.client().call("BootVm", "created").ok().state()).isEqualTo(States.RUNNING);
        assertThat(bench.client().call("ResumeVm", "paused").ok().state())
                .isEqualTo(States.RUNNING);
        assertThat(bench.client().call("BootVm", "down").ok().state()).isEqualTo(States.RUNNING);
    }

    @Test
    void orderlyStopOfTheDaemonLeavesVmsRunning() {
        long pid = bench.client().pid(VM);
        Guest console = guest();

        int _ = bench.daemon().stop();
        int _ = console.awaitTicks();
        bench.startAgain();

        assertThat(bench.client().pid(VM)).isEqualTo(pid);
        assertThat(bench.client().state(VM)).isEqualTo(States.RUNNING);
    }

    @Test
    void deathOfAnAdoptedVmmIsNoticedAtOnce() {
        bench.killAndStartAgain();
        long pid = bench.client().pid(VM);

        kill(pid);

        Await.until("the VM to be down", AT_ONCE, () -> isDown());
        assertThat(bench.client().fact(VM, "last_exit")).isNotEmpty();
        assertThat(bench.client().fact(VM, "pid")).isEmpty();
        assertThat(bench.client().call("BootVm", VM).ok().state()).isEqualTo(States.RUNNING);
    }

    @Test
    void vmmThatDiedWithoutADaemonIsFoundOut() {
        long pid = bench.client().pid(VM);
        bench.kill9();
        kill(pid);
        bench.startAgain();

        assertThat(isDown()).isTrue();
        assertThat(bench.client().fact(VM, "last_exit")).containsIgnoringCase("nobody watched");
        assertThat(bench.client().call("BootVm", VM).ok().state()).isEqualTo(States.RUNNING);
    }

    @Test
    void gracefulShutdownWorksOnAnAdoptedVm() {
        bench.killAndStartAgain();

        assertThat(bench.client().call("ShutdownVm", VM).ok().state()).isEqualTo(States.SHUTDOWN);
        assertThat(bench.client().fact(VM, "last_exit")).contains("powered off");
        assertThat(bench.vmms()).as("no guest memory is held").isEmpty();
    }

    @Test
    void powerOffWithoutADaemonIsFoundOut() throws Exception {
        Path runDirectory = bench.home().runDirectories().getFirst();
        bench.kill9();
        backend.pressPowerButton(runDirectory);
        bench.startAgain();

        assertThat(isDown()).isTrue();
        assertThat(bench.client().fact(VM, "last_exit")).contains(backend.wordsOfAnUnseenEnd());
        assertThat(bench.vmms()).as("no guest memory is held").isEmpty();
    }

    @Test
    void uptimeAndCountersRunOnOverARestart() {
        Await.until("a second of uptime", () -> metric("uptime_seconds") >= 1);
        long uptime = metric("uptime_seconds");

        bench.killAndStartAgain();

        Await.until("a sample", () -> metric("uptime_seconds") >= 0);
        assertThat(metric("uptime_seconds")).isGreaterThanOrEqualTo(uptime);
    }

    private VmConfigs mini() {
        return VmConfigs.mini(bench.home());
    }

    private Guest guest() {
        return bench.client().guest(VM);
    }

    private boolean isDown() {
        return bench.client().state(VM).equals(States.SHUTDOWN);
    }

    private long metric(String name) {
        return bench.client().info(VM).ok().body().path("metrics").path(name).asLong(-1);
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private void assertEveryCallWorks() {
        VmClient client = bench.client();
        List<String> calls = List.of("PauseVm", "ResumeVm", "RebootVm", "ShutdownVm", "BootVm");
        for (String call : calls) {
            int mark = guest().mark();
            Answer _ = client.call(call, VM).ok();
            if (call.equals("RebootVm")) {
                guest().await("00000001", mark);
            }
        }
        assertThat(client.force("DeleteVm", VM).ok().body().path("success").asBoolean()).isTrue();
    }
}
