package com.unkey.vmcp.testkit.hypervisor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.testkit.process.Await;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The bench of the contract's tests, and what they do over and over. */
abstract class HypervisorSteps {

    private static final Duration A_WHILE = Duration.ofMillis(120);

    HypervisorBench bench;

    /** A bench of its own for each test. */
    protected abstract HypervisorBench openBench() throws Exception;

    @BeforeEach
    final void open() throws Exception {
        bench = openBench();
    }

    @AfterEach
    final void close() {
        // A bench that is not to be had here skips the test.
        if (bench != null) {
            bench.close();
        }
    }

    static void ignored() {
        // For tests that are not about what is told.
    }

    final Vmm booted(LaunchPlan vm) {
        return booted(vm, HypervisorSteps::ignored);
    }

    final Vmm booted(LaunchPlan vm, Runnable onChange) {
        Vmm vmm = bench.hypervisor().launch(vm, onChange);
        vmm.boot();
        awaitStarts(vm, 1);
        return vmm;
    }

    final Vmm adopted(LaunchPlan vm, Runnable onChange) {
        return switch (bench.hypervisor().adopt(vm, onChange)) {
            case Adoption.Living(Vmm vmm) -> vmm;
            case Adoption.Dead(String reason) -> throw new AssertionError("dead: " + reason);
        };
    }

    static void awaitPowerOff(Vmm vmm) {
        Await.until("the guest powers off", () -> vmm.observe() instanceof Observation.PoweredOff);
    }

    final void awaitStarts(LaunchPlan vm, int count) {
        Await.until("the guest has started " + count + " times", () -> bench.starts(vm) >= count);
    }

    final void awaitProgress(LaunchPlan vm, long from) {
        Await.until("the guest goes on", () -> bench.progress(vm) > from);
    }

    final void staysAt(LaunchPlan vm, long progress) {
        assertThatThrownBy(
                        () ->
                                Await.until(
                                        "the guest goes on",
                                        A_WHILE,
                                        () -> bench.progress(vm) > progress))
                .hasMessageContaining("the guest goes on");
    }
}
