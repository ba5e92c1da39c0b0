package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.DaemonProcess.Program;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** VMs of all backends in one daemon. */
class SideBySideTest {

    private static final List<Backend> ALL =
            List.of(Backend.QEMU, Backend.CLOUD_HYPERVISOR, Backend.FIRECRACKER);

    private Bench bench;

    @BeforeEach
    void start() {
        Home home = Home.make().withBackends(Backend.CLOUD_HYPERVISOR, Backend.FIRECRACKER);
        bench = Bench.start(home, Program.PACKAGE);
        ALL.forEach(this::run);
    }

    private void run(Backend backend) {
        VmConfigs config = VmConfigs.mini(bench.home(), backend);
        bench.client().create(vm(backend), config, backend).ok();
        assertThat(state("BootVm", backend)).isEqualTo(States.RUNNING);
        int _ = ticks(backend);
    }

    @AfterEach
    void stop() {
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void eachRunsInItsOwn() {
        for (Backend backend : ALL) {
            assertThat(bench.client().fact(vm(backend), "vmm")).isEqualTo(backend.id());
        }
        assertThat(bench.vmms()).containsExactlyInAnyOrderElementsOf(pids().values());
    }

    @Test
    void eachLivesItsWholeLife() {
        for (Backend backend : ALL) {
            assertThat(state("PauseVm", backend)).isEqualTo(States.PAUSED);
            assertThat(state("ResumeVm", backend)).isEqualTo(States.RUNNING);
            int mark = guest(backend).mark();
            assertThat(state("RebootVm", backend)).isEqualTo(States.RUNNING);
            guest(backend).await("00000001", mark);
            assertThat(state("ShutdownVm", backend)).isEqualTo(States.SHUTDOWN);
            assertThat(state("BootVm", backend)).isEqualTo(States.RUNNING);
            bench.client().force("DeleteVm", vm(backend)).ok();
        }
        assertThat(bench.client().states()).isEmpty();
        assertThat(bench.vmms()).isEmpty();
        assertThat(bench.home().runDirectories()).isEmpty();
    }

    @Test
    void eachOutlivesTheDaemon() {
        assertThat(state("PauseVm", Backend.CLOUD_HYPERVISOR)).isEqualTo(States.PAUSED);
        Map<String, String> states = bench.client().states();
        Map<String, Long> pids = pids();

        bench.killAndStartAgain();

        assertThat(bench.client().states()).isEqualTo(states);
        assertThat(pids()).isEqualTo(pids);
        assertThat(state("ResumeVm", Backend.CLOUD_HYPERVISOR)).isEqualTo(States.RUNNING);
        for (Backend backend : ALL) {
            assertThat(ticks(backend)).isPositive();
            assertThat(state("ShutdownVm", backend)).isEqualTo(States.SHUTDOWN);
        }
        assertThat(bench.vmms()).isEmpty();
    }

    private static String vm(Backend backend) {
        return "on-" + backend.id();
    }

    private String state(String method, Backend backend) {
        return bench.client().call(method, vm(backend)).ok().state();
    }

    private Guest guest(Backend backend) {
        return bench.client().guest(vm(backend));
    }

    private int ticks(Backend backend) {
        return guest(backend).awaitTicks();
    }

    private Map<String, Long> pids() {
        return ALL.stream()
                .map(SideBySideTest::vm)
                .collect(Collectors.toMap(vm -> vm, bench.client()::pid));
    }
}
