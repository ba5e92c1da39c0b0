package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.backends.adapter.Endpoint;
import com.unkey.vmcp.backends.adapter.Endpoints;
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
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Firecracker. Each VM has processes of its own, a new one for each start of its guest, or the one
 * place in a process that somebody else started; it stays where it was made, whatever is configured
 * later.
 */
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
    private final AttachedVmms attached;
    private final Endpoints endpoints;
    private final boolean jailed;

    private Firecracker(ProcessHost host, VmmBinary binary, FirecrackerSettings settings) {
        this.host = host;
        this.binary = binary;
        Housing housing = ConfiguredHousing.of(settings.jail(), () -> binary.find().path(), host);
        KernelImages kernels = new KernelImages(settings.kernelCache());
        this.resources = new Resources(host, housing, kernels::bootable);
        this.managed = new ManagedVmms(resources, settings.restartAfterReset());
        this.attached = new AttachedVmms(resources);
        this.jailed = settings.jail().isPresent();
        this.endpoints =
                new Endpoints(PROGRAM.title(), settings.endpoint(), settings.defaultEndpoint());
    }

    /** Looks for nothing yet. */
    public static Firecracker open(ProcessHost host, FirecrackerSettings settings) {
        return new Firecracker(host, VmmBinary.onPath(PROGRAM, settings.binary()), settings);
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
        return Profile.of(endpointForNew().isPresent());
    }

    @Override
    public BackendHealth health() {
        try {
            Optional<Endpoint> endpoint = endpointForNew();
            Optional<String> trouble = endpoint.isPresent() ? Optional.empty() : trouble();
            String version = endpoint.map(attached::version).orElseGet(this::installed);
            return trouble.<BackendHealth>map(BackendHealth.Unhealthy::new)
                    .orElseGet(() -> new BackendHealth.Healthy(version));
        } catch (VmException e) {
            return new BackendHealth.Unhealthy(e.failure().message());
        }
    }

    /** What keeps processes of our own from running guests. */
    private Optional<String> trouble() {
        return KVM.trouble().or(resources.housing()::trouble);
    }

    /**
     * Where new VMs go: an endpoint that is configured, else a binary, else the default socket.
     * Whoever wants guests jailed must not find them bare for want of a binary.
     */
    private Optional<Endpoint> endpointForNew() {
        return endpoints.forNew(() -> jailed || binary.isThere());
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
        return unsupported(spec, endpointForNew().isPresent());
    }

    private static List<Violation> unsupported(VmSpec spec, boolean attached) {
        List<Violation> violations = new ArrayList<>(SpecLimits.check(spec));
        if (attached) {
            violations.addAll(AttachedLimits.check(spec));
        }
        return violations;
    }

    @Override
    public Vmm launch(LaunchPlan plan, Runnable onChange) {
        Optional<Endpoint> endpoint = endpointOf(plan.shortId()).or(() -> endpointFor(plan));
        List<Violation> violations = unsupported(plan.definition().spec(), endpoint.isPresent());
        if (!violations.isEmpty()) {
            throw new VmException(new VmFailure.Unsupported(violations));
        }
        return endpoint.isPresent()
                ? attached.launch(plan, endpoint.get(), onChange)
                : managed.launch(plan, installed(), onChange);
    }

    /** A VM that was launched before stays what it was. */
    private Optional<Endpoint> endpointFor(LaunchPlan plan) {
        return resources.notes().note(plan.shortId()).isPresent()
                ? Optional.empty()
                : endpointForNew();
    }

    /** The endpoint that the VM lives in, or lived in when it last did. */
    private Optional<Endpoint> endpointOf(ShortId id) {
        return resources
                .notes()
                .note(id)
                .flatMap(LaunchNote::attachment)
                .map(Attachment::endpoint)
                .map(endpoints::at);
    }

    @Override
    public Adoption adopt(LaunchPlan plan, Runnable onChange) {
        Optional<Endpoint> endpoint = endpointOf(plan.shortId());
        if (endpoint.isPresent()) {
            return attached.adopt(plan, endpoint.get(), onChange);
        }
        if (resources.notes().note(plan.shortId()).isEmpty()) {
            Optional<Adoption> stray =
                    endpointForNew().flatMap(at -> attached.adoptStray(plan, at, onChange));
            if (stray.isPresent()) {
                return stray.get();
            }
        }
        return managed.adopt(plan, onChange);
    }

    @Override
    public List<VmDefinition> strays() {
        return endpointForNew().map(attached::strays).orElse(List.of());
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
        note.ifPresent(known -> describe(plan, known, facts));
        return facts;
    }

    private void describe(LaunchPlan plan, LaunchNote note, Map<String, String> facts) {
        Optional<Attachment> attachment = note.attachment();
        if (attachment.isPresent()) {
            facts.put("api_socket", attachment.get().endpoint().toString());
            if (attachment.get().counted()) {
                facts.put("metrics_path", resources.files(plan).metrics().toString());
            }
            return;
        }
        try {
            Place place = resources.housing().find(plan.shortId());
            facts.put("api_socket", place.socket().toString());
            facts.put("log_path", place.log().toString());
            facts.put("metrics_path", place.metrics().toString());
        } catch (VmException e) {
            log.warn("where a VM's process stands cannot be told", e);
        }
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
        endpoints.leave(id);
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
