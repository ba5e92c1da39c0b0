package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Observation;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What others do with a Firecracker before a daemon uses it, and after. */
abstract class FoundVmContract extends AttachedRig {

    @Test
    void startsAgainWhereSomebodyStartsAFreshOne() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            shutDown(vmm);
        }
        assertUnavailable(plan, "once only", "fresh one");
        somebodyStarts();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(state()).isEqualTo("Running");
        }
    }

    @Test
    void doesNotStartAgainWhereAnotherGuestRuns() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            shutDown(vmm);
        }
        somebodyStarts();
        somebodyBoots();
        assertUnavailable(plan, "runs another guest");
        assertThat(hypervisor.strays()).isEmpty();
        hypervisor.discard(plan.shortId());
        assertThat(hypervisor.strays()).hasSize(1);
    }

    @Test
    void whatADeletedVmLeavesIsNotTakenIntoTheNext() throws IOException {
        LaunchPlan first = planWithDisk("first");
        try (Vmm vmm = launched(first)) {
            vmm.stop();
        }
        hypervisor.discard(first.shortId());
        assertThat(state()).isEqualTo("Not started");
        LaunchPlan without = plan();
        assertUnavailable(without, "drives/", "start a fresh one");
        hypervisor.discard(without.shortId());
        LaunchPlan second = new LaunchPlan(plan().identity(), first.definition(), 1);
        try (Vmm vmm = launched(second)) {
            vmm.boot();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
        }
    }

    @Test
    void aVmThatSomebodyElseMadeIsFoundAndTakenOver() throws IOException {
        somebodyBoots();
        List<VmDefinition> strays = hypervisor.strays();
        assertThat(strays).hasSize(1);
        VmDefinition found = strays.getFirst();
        assertThat(found.spec().memoryBytes()).isEqualTo(128 * Vms.MIB);
        assertThat(found.spec().cpu().orElseThrow().count()).isEqualTo(2);
        assertThat(found.files().kernel()).isEqualTo(guest);
        LaunchPlan plan = new LaunchPlan(plan().identity(), found, 1);
        try (Vmm vmm = adopted(plan)) {
            assertThat(hypervisor.strays()).isEmpty();
            assertThat(vmm.observe()).isEqualTo(new Observation.Running());
            assertThat(vmm.sample()).isNotNull();
            assertThat(hypervisor.describe(plan))
                    .containsKey("api_socket")
                    .doesNotContainKeys("console_path", "metrics_path", "log_path");
            assertThatThrownBy(() -> launched(plan()))
                    .isInstanceOfSatisfying(VmException.class, AttachedRig::full);
            shutDown(vmm);
        }
    }

    @Test
    void aVmThatWasFoundIsMadeAgainWithAllThatItsMakerAskedFor() throws IOException {
        somebodyBoots();
        LaunchPlan plan = new LaunchPlan(plan().identity(), hypervisor.strays().getFirst(), 1);
        try (Vmm vmm = adopted(plan)) {
            shutDown(vmm);
        }
        somebodyStarts();
        restartDaemon();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            assertThat(config().path("entropy").isObject()).isTrue();
            assertThat(config().path("boot-source").path("boot_args").asString())
                    .isEqualTo("theirs");
        }
    }

    @Test
    void whatSomebodyElseHasNotStartedIsNoVmYet() throws IOException {
        somebodyConfigures();
        assertThat(hypervisor.strays()).isEmpty();
        assertUnavailable(plan(), "entropy");
    }

    @Test
    void anotherVmInItsPlaceIsNotTakenForIt() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            foreign.close();
            somebodyStarts();
            somebodyBoots();
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
            vmm.stop();
            assertThat(state()).isEqualTo("Running");
        }
        hypervisor.discard(plan.shortId());
        assertThat(hypervisor.strays()).hasSize(1);
    }

    @Test
    void theSameVmInAnotherProcessIsAnother() throws IOException {
        LaunchPlan plan = plan();
        try (Vmm vmm = launched(plan)) {
            vmm.boot();
            foreign.close();
            somebodyStarts();
            assertThat(vmm.observe()).isInstanceOf(Observation.Gone.class);
        }
    }
}
