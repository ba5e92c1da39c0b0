package com.unkey.vmcp.backends.inmemory;

import com.unkey.vmcp.backends.adapter.Refusals;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.SpecField;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Launches and finds VMs in memory. */
final class InMemoryHypervisor implements Hypervisor {

    private static final String VERSION = "1.0";
    private static final String NO_DISKS = "the in-memory backend has no disks";
    private static final String NO_NETWORK = "the in-memory backend has no network";

    private final Map<ShortId, InMemoryVmm> vmms;
    private final int most;

    /**
     * @param vmms those there are, dead ones too: what a host's processes are to others
     * @param most VMs that may live at once
     */
    InMemoryHypervisor(Map<ShortId, InMemoryVmm> vmms, int most) {
        this.vmms = vmms;
        this.most = most;
    }

    @Override
    public BackendName name() {
        return InMemoryBackend.NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.PAUSE, Capability.POWER_BUTTON, Capability.REBOOT);
    }

    /** What it refuses is told here too; what stands nowhere is honoured. */
    @Override
    public BackendProfile profile() {
        return new BackendProfile(
                List.of(new BackendProfile.Limit("max_vms", most, "", "that live at once")),
                Map.of(
                        SpecField.STORAGE_PATH, BackendProfile.Field.refused(NO_DISKS),
                        SpecField.NETWORK_TAP_DEVICE, BackendProfile.Field.refused(NO_NETWORK)),
                List.of());
    }

    @Override
    public BackendHealth health() {
        return new BackendHealth.Healthy(VERSION);
    }

    @Override
    public List<Violation> unsupported(VmSpec spec) {
        Refusals found = new Refusals("in-memory");
        spec.cpu().ifPresent(cpu -> none(found, "config.cpu.features", cpu.features()));
        spec.memory().ifPresent(memory -> none(found, "config.memory.backing", memory.backing()));
        spec.boot().ifPresent(boot -> none(found, "config.boot.boot_options", boot.options()));
        for (int i = 0; i < spec.devices().disks().size(); i++) {
            found.add(Refusals.disk(i), NO_DISKS);
        }
        for (int i = 0; i < spec.devices().nics().size(); i++) {
            found.add(Refusals.nic(i), NO_NETWORK);
        }
        return found.all();
    }

    /** Knows none of the options in a map. */
    private static void none(Refusals found, String field, Map<String, String> options) {
        found.addAll(found.options(field, options));
    }

    @Override
    public synchronized Vmm launch(LaunchPlan plan, Runnable onChange) {
        if (living(plan.shortId()).isPresent()) {
            throw VmException.unavailable("this VM runs already");
        }
        if (vmms.values().stream().filter(InMemoryVmm::isAlive).count() >= most) {
            throw new VmException(
                    new VmFailure.LimitReached("%d VMs in memory are the most".formatted(most)));
        }
        InMemoryVmm vmm = new InMemoryVmm(plan.definition().spec().memoryBytes());
        vmm.tell(onChange);
        vmms.put(plan.shortId(), vmm);
        return vmm;
    }

    @Override
    public Adoption adopt(LaunchPlan plan, Runnable onChange) {
        Optional<InMemoryVmm> living = living(plan.shortId());
        living.ifPresent(vmm -> vmm.tell(onChange));
        return living.<Adoption>map(Adoption.Living::new)
                .orElseGet(() -> new Adoption.Dead("its VMM ended while nobody watched"));
    }

    @Override
    public Map<String, String> describe(LaunchPlan plan) {
        return Map.of("vmm", InMemoryBackend.NAME.value(), "vmm_version", VERSION);
    }

    @Override
    public void discard(ShortId id) {
        Optional.ofNullable(vmms.remove(id)).ifPresent(InMemoryVmm::stop);
    }

    private Optional<InMemoryVmm> living(ShortId id) {
        return Optional.ofNullable(vmms.get(id)).filter(InMemoryVmm::isAlive);
    }
}
