package com.unkey.vmcp.core.control;

import static com.unkey.vmcp.core.control.Refused.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmState.Kind;
import com.unkey.vmcp.testkit.hypervisor.FakeVmm;
import com.unkey.vmcp.testkit.hypervisor.Faults;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** VMs that somebody else made become VMs of ours, each of them once. */
class StraysTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aRunningVmIsAdoptedAtStartWithFullControl() {
        FakeVmm vmm = rig.hypervisor.stray(definition("/found"));
        vmm.boot();

        rig.restart();

        VmRecord adopted = only();
        String id = adopted.id().value();
        assertThat(adopted.definition()).isEqualTo(definition("/found"));
        assertThat(adopted.identity().backend()).isEqualTo(rig.hypervisor.name());
        assertThat(adopted.intent()).isEmpty();
        assertThat(rig.state(id)).isEqualTo(Kind.RUNNING);
        assertThat(rig.run(id, Action.PAUSE)).isEqualTo(Kind.PAUSED);
        assertThat(rig.run(id, Action.RESUME)).isEqualTo(Kind.RUNNING);
        vmm.powerOffGuest();
        rig.awaitState(id, Kind.SHUTDOWN);
        rig.run(id, Action.DELETE);
        assertThat(records()).isEmpty();
    }

    @Test
    void theRecordSaysWhatIsSeen() {
        rig.hypervisor.stray(definition("/prepared"));
        FakeVmm paused = rig.hypervisor.stray(definition("/paused"));
        paused.boot();
        paused.pause();

        rig.restart();

        assertThat(records())
                .extracting(
                        record -> record.definition().files().kernel().toString(),
                        record -> record.state().kind())
                .containsExactlyInAnyOrder(
                        tuple("/prepared", Kind.CREATED), tuple("/paused", Kind.PAUSED));
    }

    @Test
    void itKeepsItsIdOverRestarts() {
        rig.hypervisor.stray(definition("/found")).boot();
        rig.restart();
        VmRecord adopted = only();

        rig.restart();
        rig.crash();

        assertThat(only().identity()).isEqualTo(adopted.identity());
        assertThat(rig.state(adopted.id().value())).isEqualTo(Kind.RUNNING);
    }

    @Test
    void oneThatAppearsLaterIsAdoptedBeforeTheNextVmIsMade() {
        rig.hypervisor.stray(definition("/found")).boot();
        assertThat(records()).isEmpty();

        rig.create("a");

        assertThat(records()).hasSize(2);
        assertThat(records().getFirst().state().kind()).isEqualTo(Kind.RUNNING);
        assertThat(records().getLast().id()).hasToString("a");
    }

    @Test
    void itIsAdoptedThoughTheVmToBeMadeIsRefused() {
        rig.hypervisor.stray(definition("/found")).boot();
        rig.hypervisor
                .faults()
                .failNext("launch", new VmException(new VmFailure.LimitReached("one VM only")));

        assertFailure(() -> rig.create("a"), VmFailure.LimitReached.class).contains("one VM");

        assertThat(only().state().kind()).isEqualTo(Kind.RUNNING);
    }

    @Test
    void manyAtOnceDoNotDoubleIt() {
        rig.hypervisor.stray(definition("/found")).boot();

        List<CompletableFuture<VmRecord>> created =
                Stream.of("a", "b", "c", "d").map(id -> rig.plane.create(Rig.request(id))).toList();
        created.forEach(Rig::get);

        assertThat(records()).hasSize(5);
        assertThat(records())
                .filteredOn(record -> record.state().kind() == Kind.RUNNING)
                .hasSize(1);
    }

    @Test
    void nothingIsDoneForOneThatCannotBeRecordedUntilTheNextTime() {
        rig.hypervisor.stray(definition("/found")).boot();
        rig.store.failNextWrites(1, new VmFailure.LimitReached("the disk is full"));

        rig.restart();
        assertThat(records()).isEmpty();
        assertThat(rig.hypervisor.strays()).hasSize(1);

        rig.restart();
        assertThat(only().state().kind()).isEqualTo(Kind.RUNNING);
    }

    @Test
    void aBackendThatCannotBeAskedDoesNotStopTheStart() {
        rig.hypervisor.stray(definition("/found")).boot();
        rig.hypervisor.faults().failNext("strays", VmException.unavailable("no answer"));

        rig.restart();
        assertThat(records()).isEmpty();

        rig.create("a");
        assertThat(records()).hasSize(2);
    }

    @Test
    void whatIsFoundWhileARecordedVmIsInDoubtMayBeThatOne() {
        rig.create("a");
        Faults.Gate launching = rig.hypervisor.faults().holdNext("launch");
        CompletableFuture<VmRecord> second = rig.plane.create(Rig.request("b"));
        launching.awaitReached();
        rig.hypervisor.stray(definition("/found")).boot();

        rig.create("c");
        assertThat(records()).extracting(record -> record.id().value()).containsExactly("a", "c");

        launching.open();
        Rig.get(second);
        rig.create("d");
        assertThat(records()).hasSize(5);
    }

    private VmRecord only() {
        assertThat(records()).hasSize(1);
        return records().getFirst();
    }

    private List<VmRecord> records() {
        return rig.plane.list(new ListQuery(Set.of(), 0, "")).vms();
    }

    static VmDefinition definition(String kernel) {
        VmSpec spec =
                new VmSpec(
                        Rig.spec().cpu(),
                        Rig.spec().memory(),
                        Optional.of(new VmSpec.Boot(kernel, "", "", Map.of())),
                        Rig.spec().devices(),
                        Map.of());
        return new VmDefinition(
                spec,
                new GuestFiles(Path.of(kernel), Optional.empty(), List.of(), Optional.empty()));
    }
}
