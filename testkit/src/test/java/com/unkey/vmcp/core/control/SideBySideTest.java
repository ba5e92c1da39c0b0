package com.unkey.vmcp.core.control;

import static com.unkey.vmcp.core.control.Refused.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmState.Kind;
import com.unkey.vmcp.testkit.hypervisor.Faults;
import com.unkey.vmcp.testkit.process.Await;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One control plane with two backends, each with VMs of its own. */
class SideBySideTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aVmGetsTheBackendItAsksForAndTheDefaultOneElse() {
        VmRecord plain = rig.create("plain");
        VmRecord asked = rig.createOn("other", "asked");

        assertThat(plain.identity().backend()).isEqualTo(rig.hypervisor.name());
        assertThat(asked.identity().backend()).isEqualTo(rig.other.name());
        assertThat(rig.hypervisor.kept()).containsExactly(plain.identity().shortId());
        assertThat(rig.other.kept()).containsExactly(asked.identity().shortId());
        assertThat(rig.plane.info(new VmId("asked")).backendInfo()).containsEntry("vmm", "other");
    }

    @Test
    void theDefaultMayBeNamed() {
        assertThat(rig.createOn("fake", "a").identity().backend()).isEqualTo(rig.hypervisor.name());
    }

    @Test
    void aVmKeepsItsBackendOverRestarts() {
        rig.createOn("other", "a");
        rig.run("a", Action.BOOT);

        rig.restart();
        rig.crash();

        assertThat(rig.state("a")).isEqualTo(Kind.RUNNING);
        rig.run("a", Action.PAUSE);
        rig.force("a", Action.DELETE);
        assertThat(rig.other.kept()).isEmpty();
    }

    @Test
    void aNameThatNoBackendHasIsRefusedBesideAllElseThatIsWrong() {
        for (String name : List.of("xen", "Other", " other", "0")) {
            assertFailure(() -> rig.createOn(name, "a/b"), VmFailure.Invalid.class)
                    .contains("vm_id", "backend: ", "fake, other", "\"" + name + "\"");
        }
        assertThat(rig.store.writes()).isZero();
    }

    @Test
    void whatABackendCannotDoIsAskedOfTheOneThatIsMeant() {
        rig.hypervisor.refuse(List.of(new Violation("config.cpu.features", "unknown: warp")));
        rig.hypervisor.lacks(Capability.QCOW2);
        VmSpec.Disk disk = new VmSpec.Disk("d", "/x.qcow2", false, true, "", Map.of());
        VmSpec spec =
                Rig.spec()
                        .withDevices(
                                new VmSpec.Devices(List.of(disk), List.of(), Optional.empty()));

        assertThat(rig.createOn("other", "a", spec).state().kind()).isEqualTo(Kind.CREATED);
        assertFailure(() -> rig.create("b", spec), VmFailure.Unsupported.class)
                .contains("config.cpu.features", "qcow2");
    }

    @Test
    void vmsFoundInAVmmOfAnyBackendAreAdoptedAtStart() {
        rig.hypervisor.stray(StraysTest.definition("/one")).boot();
        rig.other.stray(StraysTest.definition("/other")).boot();

        rig.restart();

        assertThat(records())
                .extracting(record -> record.identity().backend())
                .containsExactlyInAnyOrder(rig.hypervisor.name(), rig.other.name());
        assertThat(records()).allMatch(record -> record.state().kind() == Kind.RUNNING);
    }

    @Test
    void beforeAVmIsMadeItsOwnBackendAloneIsLookedInto() {
        rig.hypervisor.stray(StraysTest.definition("/one")).boot();
        rig.other.stray(StraysTest.definition("/other")).boot();

        rig.createOn("other", "a");

        assertThat(records())
                .extracting(record -> record.identity().backend())
                .containsExactly(rig.other.name(), rig.other.name());
    }

    @Test
    void aVmmThatDoesNotAnswerHoldsUpNeitherTheStartNorVmsOfOtherBackends() {
        rig.other.stray(StraysTest.definition("/found")).boot();
        Faults.Gate silent = rig.other.faults().holdNext("strays");

        rig.restart();
        silent.awaitReached();
        rig.create("a");
        assertThat(records()).extracting(VmRecord::id).containsExactly(new VmId("a"));

        silent.open();
        Await.until("the VM is adopted after all", () -> records().size() == 2);
    }

    @Test
    void aVmThatIsMadeMeanwhileWaitsForTheLookIntoItsOwn() {
        rig.other.stray(StraysTest.definition("/found")).boot();
        Faults.Gate silent = rig.other.faults().holdNext("strays");
        rig.restart();
        silent.awaitReached();

        CompletableFuture<VmRecord> made =
                rig.plane.create(new CreateRequest("a", "other", Rig.spec(), List.of()));
        silent.open();
        Rig.get(made);

        assertThat(records()).hasSize(2);
        assertThat(records().getLast().id()).isEqualTo(new VmId("a"));
    }

    @Test
    void aLookThatEndsAfterTheStopAdoptsNothing() {
        rig.other.stray(StraysTest.definition("/found")).boot();
        Faults.Gate silent = rig.other.faults().holdNext("strays");
        rig.restart();
        silent.awaitReached();

        rig.plane.close();
        silent.open();
        rig.restart();

        assertThat(records()).hasSize(1);
    }

    @Test
    void oneThatCannotBeAskedDoesNotKeepTheOtherFromIt() {
        rig.hypervisor.stray(StraysTest.definition("/found")).boot();
        rig.other.faults().failNext("strays", VmException.unavailable("no answer"));

        rig.restart();

        assertThat(records()).hasSize(1);
    }

    @Test
    void eachBackendTellsOfItself() {
        rig.other.setHealth(new BackendHealth.Unhealthy("install it"));
        rig.other.lacks(Capability.PAUSE);

        assertThat(rig.plane.backends())
                .extracting(BackendView::name, BackendView::standard, BackendView::health)
                .containsExactly(
                        tuple(rig.hypervisor.name(), true, new BackendHealth.Healthy("1.0")),
                        tuple(rig.other.name(), false, new BackendHealth.Unhealthy("install it")));
        assertThat(rig.plane.backends().getLast().capabilities())
                .doesNotContain(Capability.PAUSE)
                .contains(Capability.REBOOT);
        assertThat(rig.plane.health().healthy()).isTrue();
    }

    private List<VmRecord> records() {
        return rig.plane.list(new ListQuery(Set.of(), 0, "")).vms();
    }
}
