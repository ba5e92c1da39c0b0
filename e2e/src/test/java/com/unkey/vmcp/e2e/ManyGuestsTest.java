package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many VMs at the same time, each by a caller of its own. */
@Isolated
class ManyGuestsTest {

    private static final int LIMIT_SECONDS = 150;
    private static final List<String> COUNTING = List.of("vm-0", "vm-13", "vm-42");

    @Test
    @Timeout(200)
    void tenLinuxGuestsInParallel() {
        try (Bench bench = Bench.start()) {
            VmClient client = bench.client();
            VmConfigs config = VmConfigs.linux();
            forEach(10, vm -> client.run(vm, config));
            forEach(10, vm -> client.guest(vm).awaitUp(0));
            forEach(10, vm -> pauseAndResume(client, vm));
            forEach(10, vm -> shutDown(client, vm));
            assertThat(bench.vmms()).as("VMMs after every shutdown").isEmpty();
            forEach(10, vm -> delete(client, vm));
            assertNothingIsLeft(bench);
        }
    }

    @Test
    void thirtyMiniGuestsInParallel() {
        try (Bench bench = Bench.start()) {
            VmConfigs config = VmConfigs.mini(bench.home());
            forEach(30, vm -> wholeLife(bench.client(), vm, config));
            assertNothingIsLeft(bench);
        }
    }

    /** Most of them are idle, or fifty busy processors would be wanted; some count and are seen. */
    @ParameterizedTest
    @EnumSource(names = {"CLOUD_HYPERVISOR", "FIRECRACKER"})
    void fiftyWhoseDaemonIsKilled(Backend backend) {
        try (Bench bench = Bench.start(backend)) {
            forEach(50, vm -> bench.client().run(vm, idleOrCounting(bench, vm)));
            Map<String, Long> pids = pids(bench.client());
            assertThat(bench.vmms()).containsExactlyInAnyOrderElementsOf(pids.values());

            bench.killAndStartAgain();

            assertThat(bench.client().states()).hasSize(50).containsValues(States.RUNNING);
            assertThat(pids(bench.client())).isEqualTo(pids);
            forEach(50, vm -> pauseAndResume(bench.client(), vm));
            COUNTING.forEach(vm -> assertThat(bench.client().guest(vm).awaitTicks()).isPositive());
            forEach(50, vm -> bench.client().force("DeleteVm", vm).ok());
            assertNothingIsLeft(bench);
        }
    }

    private static VmConfigs idleOrCounting(Bench bench, String vm) {
        VmConfigs counting = VmConfigs.mini(bench.home());
        return COUNTING.contains(vm)
                ? counting
                : counting.with("boot", Map.of("kernel_path", bench.home().idleGuest().toString()));
    }

    private static Map<String, Long> pids(VmClient client) {
        return client.states().keySet().stream().collect(Collectors.toMap(vm -> vm, client::pid));
    }

    private static void wholeLife(VmClient client, String vm, VmConfigs config) {
        client.run(vm, config);
        int _ = client.guest(vm).awaitTicks();
        pauseAndResume(client, vm);
        shutDown(client, vm);
        delete(client, vm);
    }

    private static void pauseAndResume(VmClient client, String vm) {
        assertThat(client.call("PauseVm", vm).ok().state()).isEqualTo(States.PAUSED);
        assertThat(client.state(vm)).isEqualTo(States.PAUSED);
        assertThat(client.call("ResumeVm", vm).ok().state()).isEqualTo(States.RUNNING);
    }

    private static void shutDown(VmClient client, String vm) {
        assertThat(client.call("ShutdownVm", vm).ok().state()).isEqualTo(States.SHUTDOWN);
    }

    private static void delete(VmClient client, String vm) {
        assertThat(client.call("DeleteVm", vm).ok().body().path("success").asBoolean()).isTrue();
    }

    private static void assertNothingIsLeft(Bench bench) {
        assertThat(bench.client().states()).isEmpty();
        assertThat(bench.vmms()).as("VMMs").isEmpty();
        assertThat(bench.home().runDirectories()).as("run directories").isEmpty();
    }

    private static void forEach(int count, Consumer<String> work) {
        List<Callable<Boolean>> all = new ArrayList<>();
        for (String vm : IntStream.range(0, count).mapToObj(i -> "vm-" + i).toList()) {
            all.add(
                    () -> {
                        work.accept(vm);
                        return true;
                    });
        }
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> each : callers.invokeAll(all, LIMIT_SECONDS, TimeUnit.SECONDS)) {
                assertThat(each.get(1, TimeUnit.SECONDS)).isTrue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("one of " + count, e);
        }
    }
}
