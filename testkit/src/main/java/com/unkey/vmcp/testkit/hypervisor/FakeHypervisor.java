package com.unkey.vmcp.testkit.hypervisor;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A hypervisor in memory. Its VMMs outlive the control plane that launched them, as real ones do: a
 * second control plane on the same fake finds them again.
 *
 * <p>Safe on every thread.
 */
public final class FakeHypervisor implements Hypervisor {

    /** Name under which it is configured. */
    public static final BackendName NAME = new BackendName("fake");

    private final BackendName name;
    private final ConcurrentHashMap<ShortId, FakeVmm> vmms = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<VmDefinition, FakeVmm> strays = new ConcurrentHashMap<>();
    private final Set<Capability> capabilities = EnumSet.allOf(Capability.class);
    private final Faults faults = new Faults();
    private volatile BackendHealth health = new BackendHealth.Healthy("1.0");
    private final BackendProfile profile =
            new BackendProfile(
                    List.of(new BackendProfile.Limit("max_vcpus", 8, "cpu.vcpu_count", "")),
                    Map.of(),
                    List.of());
    private volatile List<Violation> unsupported = List.of();
    private volatile int heededPress = 1;

    public FakeHypervisor() {
        this(NAME);
    }

    /** For a test that has several. */
    public FakeHypervisor(BackendName name) {
        this.name = name;
    }

    @Override
    public BackendName name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.copyOf(capabilities);
    }

    @Override
    public BackendProfile profile() {
        return profile;
    }

    @Override
    public BackendHealth health() {
        return health;
    }

    @Override
    public List<Violation> unsupported(VmSpec spec) {
        return unsupported;
    }

    @Override
    public Vmm launch(LaunchPlan plan, Runnable onChange) {
        faults.pass("launch");
        if (living(plan.shortId()).isPresent()) {
            throw new AssertionError("a second VMM for " + plan.shortId());
        }
        FakeVmm vmm = new FakeVmm(faults, heededPress);
        vmm.attach(onChange);
        vmms.put(plan.shortId(), vmm);
        return vmm;
    }

    @Override
    public Adoption adopt(LaunchPlan plan, Runnable onChange) {
        faults.pass("adopt");
        Optional.ofNullable(strays.remove(plan.definition()))
                .ifPresent(stray -> vmms.put(plan.shortId(), stray));
        Optional<FakeVmm> living = living(plan.shortId());
        living.ifPresent(vmm -> vmm.attach(onChange));
        return living.<Adoption>map(Adoption.Living::new)
                .orElseGet(() -> new Adoption.Dead("the fake VMM is gone"));
    }

    @Override
    public List<VmDefinition> strays() {
        faults.pass("strays");
        return strays.keySet().stream().toList();
    }

    @Override
    public Map<String, String> describe(LaunchPlan plan) {
        return Map.of("vmm", name.value(), "vmm_version", "1.0");
    }

    @Override
    public void discard(ShortId id) {
        faults.pass("discard");
        find(id).ifPresent(FakeVmm::stop);
        vmms.remove(id);
    }

    /** The VM's VMM, dead or alive. */
    public Optional<FakeVmm> find(ShortId id) {
        return Optional.ofNullable(vmms.get(id));
    }

    /** Puts a VM there that nobody launched, its vCPUs not running yet. */
    public FakeVmm stray(VmDefinition definition) {
        FakeVmm vmm = new FakeVmm(faults, heededPress);
        strays.put(definition, vmm);
        return vmm;
    }

    /** VMMs that live. */
    public long livingCount() {
        return vmms.values().stream().filter(FakeVmm::alive).count();
    }

    /** VMs for which something is still kept. */
    public Set<ShortId> kept() {
        return Set.copyOf(vmms.keySet());
    }

    /** What the next calls run into. */
    public Faults faults() {
        return faults;
    }

    /** Takes a capability away. */
    public void lacks(Capability capability) {
        capabilities.remove(capability);
    }

    public void setHealth(BackendHealth now) {
        health = now;
    }

    /** Refuses every spec with these. */
    public void refuse(List<Violation> violations) {
        unsupported = List.copyOf(violations);
    }

    /** Whether guests of VMMs launched from now on heed their power button. */
    public void guestsObey(boolean obey) {
        heededPress = obey ? 1 : Integer.MAX_VALUE;
    }

    /** Guests of VMMs launched from now on heed their power button when it is pressed so often. */
    public void guestsObeyPress(int press) {
        heededPress = press;
    }

    private Optional<FakeVmm> living(ShortId id) {
        return find(id).filter(FakeVmm::alive);
    }

    static VmException injected(String call) {
        return VmException.vmmFailed(call + " failed as the test wanted");
    }
}
