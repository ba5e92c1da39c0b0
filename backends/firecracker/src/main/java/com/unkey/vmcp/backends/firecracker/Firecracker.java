package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.KnownVersions;
import com.unkey.vmcp.backends.adapter.Kvm;
import com.unkey.vmcp.backends.adapter.ProcessEnd;
import com.unkey.vmcp.backends.adapter.VmmBinary;
import com.unkey.vmcp.backends.adapter.VmmProgram;
import com.unkey.vmcp.backends.adapter.VmmVersion;
import com.unkey.vmcp.backends.firecracker.kernel.KernelImages;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.BackendProfile;
import com.unkey.vmcp.core.port.Capability;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.port.Vmm;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Firecracker. Each VM has processes of its own, a new one for each start of its guest. */
public final class Firecracker implements Hypervisor, AutoCloseable {

    public static final BackendName NAME = new BackendName("firecracker");

    /** Longest name of a socket in a run directory, for whoever checks how long its path gets. */
    public static final String SOCKET_NAME = JailRunFiles.SOCKET_NAME;

    static final VmmProgram PROGRAM =
            new VmmProgram(
                    "Firecracker",
                    "firecracker",
                    "UNKEY_VMCP_FC_BINARY",
                    "install a release of firecracker",
                    Pattern.compile("Firecracker v?(\\S+)"));

    /** Firecracker opens it only when a guest is started, and nobody wants to wait for that. */
    static final Kvm KVM = Kvm.alone(PROGRAM.title());

    /** From the first that tells a guest the MTU of a network interface. */
    static final KnownVersions VERSIONS =
            new KnownVersions(PROGRAM.title(), new VmmVersion(1, 16), new VmmVersion(1, 16));

    private static final Logger log = LoggerFactory.getLogger(Firecracker.class);

    private final ProcessHost host;
    private final Resources resources;
    private final VmmBinary binary;
    private final ManagedVmms managed;

    private Firecracker(
            ProcessHost host, Resources resources, VmmBinary binary, ManagedVmms managed) {
        this.host = host;
        this.resources = resources;
        this.binary = binary;
        this.managed = managed;
    }

    /** Looks for nothing yet. */
    public static Firecracker open(ProcessHost host, FirecrackerSettings settings) {
        VmmBinary binary = VmmBinary.onPath(PROGRAM, settings.binary());
        Housing housing = ConfiguredHousing.of(settings.jail(), () -> binary.find().path(), host);
        KernelImages kernels = new KernelImages(settings.kernelCache());
        Resources resources = new Resources(host, housing, kernels::bootable);
        ManagedVmms managed = new ManagedVmms(resources, settings.restartAfterReset());
        return new Firecracker(host, resources, binary, managed);
    }

    @Override
    public BackendName name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.PAUSE, Capability.POWER_BUTTON, Capability.REBOOT);
    }

    @Override
    public BackendProfile profile() {
        return Profile.declared();
    }

    @Override
    public BackendHealth health() {
        try {
            String version = installed();
            Optional<String> trouble = KVM.trouble().or(resources.housing()::trouble);
            return trouble.isPresent()
                    ? new BackendHealth.Unhealthy(trouble.get())
                    : new BackendHealth.Healthy(version);
        } catch (VmException e) {
            return new BackendHealth.Unhealthy(e.failure().message());
        }
    }

    /**
     * Version of the Firecracker that new processes are started of.
     *
     * @throws VmException unavailable where there is none, with what to install or set
     */
    private String installed() {
        String version = binary.find().version();
        VmmVersion _ = VERSIONS.require(version);
        return version;
    }

    @Override
    public List<Violation> unsupported(VmSpec spec) {
        return SpecLimits.check(spec);
    }

    @Override
    public Vmm launch(LaunchPlan plan, Runnable onChange) {
        List<Violation> violations = unsupported(plan.definition().spec());
        if (!violations.isEmpty()) {
            throw new VmException(new VmFailure.Unsupported(violations));
        }
        return managed.launch(plan, installed(), onChange);
    }

    @Override
    public Adoption adopt(LaunchPlan plan, Runnable onChange) {
        return managed.adopt(plan, onChange);
    }

    @Override
    public Map<String, String> describe(LaunchPlan plan) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("vmm", NAME.value());
        resources
                .files(plan)
                .console()
                .ifPresent(console -> facts.put("console_path", console.toString()));
        Optional<LaunchNote> note = readNote(plan.shortId());
        facts.put("vmm_version", note.map(LaunchNote::version).orElseGet(this::version));
        if (note.isPresent()) {
            Place place = resources.housing().find(plan.shortId());
            facts.put("api_socket", place.socket().toString());
            facts.put("log_path", place.log().toString());
            facts.put("metrics_path", place.metrics().toString());
        }
        return facts;
    }

    /** A note that cannot be read is no reason to tell nothing. */
    private Optional<LaunchNote> readNote(ShortId id) {
        try {
            return resources.notes().note(id);
        } catch (VmException e) {
            log.warn("the facts of a launch are lost", e);
            return Optional.empty();
        }
    }

    private String version() {
        return switch (health()) {
            case BackendHealth.Healthy(String version) -> version;
            case BackendHealth.Unhealthy _ -> "unknown";
        };
    }

    /** What stands outside the run directory goes first: without that nobody would look for it. */
    @Override
    public void discard(ShortId id) {
        host.find(id).ifPresent(Firecracker::end);
        resources.housing().clear(id);
        host.discard(id);
        resources.notes().forget(id);
    }

    private static void end(VmmProcess process) {
        new ProcessEnd(PROGRAM.title(), process, () -> {}).force();
    }

    /** Lets go of all VMMs, which live on. */
    @Override
    public void close() {
        resources.close();
    }
}
