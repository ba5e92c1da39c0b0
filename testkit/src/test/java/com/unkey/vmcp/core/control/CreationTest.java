package com.unkey.vmcp.core.control;

import static com.unkey.vmcp.core.control.Refused.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a VM is made of, and what none is made of. */
class CreationTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void anIdIsGeneratedWhereNoneIsGiven() {
        assertThat(rig.create("").id().value()).startsWith("generated-");
    }

    @Test
    void everythingWrongWithARequestIsSaidAtOnceAndNothingIsMade() {
        rig.host.find(List.of(new Violation("config.boot.kernel_path", "does not exist")));
        VmSpec spec =
                new VmSpec(
                        Optional.of(new VmSpec.Cpu(0, 0, Optional.empty(), Map.of())),
                        Optional.empty(),
                        Rig.spec().boot(),
                        Rig.spec().devices(),
                        Map.of());

        assertFailure(() -> rig.create("a/b", spec), VmFailure.Invalid.class)
                .contains(
                        "vm_id",
                        "config.cpu.vcpu_count",
                        "config.memory",
                        "config.boot.kernel_path");
        assertThat(rig.hypervisor.kept()).isEmpty();
        assertThat(rig.store.writes()).isZero();
    }

    @Test
    void aSpecWithoutBootNeedsADefaultKernel() {
        VmSpec spec =
                new VmSpec(
                        Rig.spec().cpu(),
                        Rig.spec().memory(),
                        Optional.empty(),
                        Rig.spec().devices(),
                        Map.of());

        assertFailure(() -> rig.create("a", spec), VmFailure.Invalid.class)
                .contains("config.boot", "UNKEY_VMCP_DEFAULT_KERNEL");

        rig.restartWithDefaultKernel("/default/kernel");
        VmRecord created = rig.create("a", spec);
        assertThat(created.definition().files().kernel()).isEqualTo(Path.of("/default/kernel"));
        assertThat(created.definition().spec().boot()).isEmpty();
    }

    @Test
    void whatTheBackendCannotDoIsRefusedByField() {
        rig.hypervisor.refuse(List.of(new Violation("config.cpu.features", "unknown: warp")));

        assertFailure(() -> rig.create("a"), VmFailure.Unsupported.class)
                .contains("config.cpu.features");
        assertThat(rig.hypervisor.kept()).isEmpty();
    }

    @Test
    void qcow2NeedsABackendThatReadsIt() {
        rig.hypervisor.lacks(Capability.QCOW2);
        VmSpec.Disk disk = new VmSpec.Disk("d", "/x.qcow2", false, true, "", Map.of());
        VmSpec spec =
                Rig.spec()
                        .withDevices(
                                new VmSpec.Devices(List.of(disk), List.of(), Optional.empty()));

        assertFailure(() -> rig.create("a", spec), VmFailure.Unsupported.class)
                .contains("config.storage[0].path", "qcow2");
    }

    @Test
    void aFailedCreateLeavesNothing() {
        rig.hypervisor.faults().failNext("launch");
        VmSpec.Console console = new VmSpec.Console(true, "/var/log/guest", "", "");
        VmSpec spec =
                Rig.spec()
                        .withDevices(
                                new VmSpec.Devices(List.of(), List.of(), Optional.of(console)));

        assertFailure(() -> rig.create("a", spec), VmFailure.VmmFailed.class).contains("launch");
        assertThat(rig.hypervisor.kept()).isEmpty();
        assertThat(rig.store.durable().records()).isEmpty();
        assertThat(rig.host.claimed()).isEmpty();
        assertThat(rig.create("a", spec).id()).hasToString("a");
    }
}
