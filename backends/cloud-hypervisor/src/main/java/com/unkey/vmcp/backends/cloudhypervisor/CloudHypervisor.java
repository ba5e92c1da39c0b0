package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Endpoint;
import com.unkey.vmcp.backends.adapter.Endpoints;
import com.unkey.vmcp.backends.adapter.KnownVersions;
import com.unkey.vmcp.backends.adapter.Kvm;
import com.unkey.vmcp.backends.adapter.VmmProgram;
import com.unkey.vmcp.backends.adapter.VmmVersion;
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
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cloud Hypervisor. New VMs get a process each, or the one place in a VMM that somebody else
 * started; each VM stays where it was made, whatever is configured later.
 */
public final class CloudHypervisor implements Hypervisor, AutoCloseable {

    public static final BackendName NAME = new BackendName("cloudhypervisor");

    /** Name of the socket in a run directory, for whoever checks how long its path gets. */
    public static final String SOCKET_NAME = RunFiles.LONGEST_SOCKET;

    static final VmmProgram PROGRAM =
            new VmmProgram(
                    "Cloud Hypervisor",
                    "cloud-hypervisor",
                    "UNKEY_VMCP_CH_BINARY",
                    "install a release of cloud-hypervisor",
                    Pattern.compile("cloud-hypervisor v?(\\S+)"));

    /** It opens the host's hypervisor as it starts: KVM, or Microsoft's. */
    static final Kvm KVM = Kvm.or(Path.of("/dev/mshv"), PROGRAM.title());

    /** From the first that has {@code --no-shutdown}. */
    static final KnownVersions VERSIONS =
            new KnownVersions(PROGRAM.title(), new VmmVersion(52, 0), new VmmVersion(53, 0));

    private static final Logger log = LoggerFactory.getLogger(CloudHypervisor.class);

    private final ProcessHost host;
    private final Resources resources;
    private final ManagedVmms managed;
    private final AttachedVmms attached;
    private final Endpoints endpoints;

    private CloudHypervisor(ProcessHost host, CloudHypervisorSettings settings) {
        this.host = host;
        this.resources = new Resources(host);
        this.managed = new ManagedVmms(resources, settings);
        this.attached = new AttachedVmms(resources);
        this.endpoints =
                new Endpoints(PROGRAM.title(), settings.endpoint(), settings.defaultEndpoint());
    }

    /** Looks for nothing yet. */
    public static CloudHypervisor open(ProcessHost host, CloudHypervisorSettings settings) {
        return new CloudHypervisor(host, settings);
    }

    @Override
    public BackendName name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.values());
    }

    @Override
    public BackendProfile profile() {
        return Profile.of(endpointForNew().isPresent());
    }

    @Override
    public BackendHealth health() {
        try {
            Optional<Endpoint> endpoint = endpointForNew();
            Optional<String> trouble = endpoint.isPresent() ? Optional.empty() : KVM.trouble();
            VmmVersion version = endpoint.map(attached::version).orElseGet(managed::version);
            return trouble.<BackendHealth>map(BackendHealth.Unhealthy::new)
                    .orElseGet(() -> new BackendHealth.Healthy(version.toString()));
        } catch (VmException e) {
            return new BackendHealth.Unhealthy(e.failure().message());
        }
    }

    /** Where new VMs go: an endpoint that is configured, else a binary, else the default socket. */
    private Optional<Endpoint> endpointForNew() {
        return endpoints.forNew(managed::isPossible);
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
        Optional<Endpoint> endpoint = endpointOf(plan.shortId()).or(() -> endpointFor(plan));
        return endpoint.isPresent()
                ? attached.launch(plan, endpoint.get(), onChange)
                : managed.launch(plan, onChange);
    }

    /** A VM that was launched before stays what it was. */
    private Optional<Endpoint> endpointFor(LaunchPlan plan) {
        return resources.notes().note(plan.shortId()).isPresent()
                ? Optional.empty()
                : endpointForNew();
    }

    /** The endpoint that the VM lives in, or lived in when it last did. */
    private Optional<Endpoint> endpointOf(ShortId id) {
        return resources.notes().note(id).flatMap(LaunchNote::endpoint).map(endpoints::at);
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
        RunFiles files = resources.files(plan);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("vmm", NAME.value());
        files.console().ifPresent(console -> facts.put("console_path", console.toString()));
        Optional<LaunchNote> note = readNote(plan.shortId());
        facts.put("vmm_version", note.map(LaunchNote::version).orElseGet(this::version));
        note.ifPresent(known -> describe(known, files, facts));
        return facts;
    }

    private static void describe(LaunchNote note, RunFiles files, Map<String, String> facts) {
        note.consolePath().ifPresent(console -> facts.put("console_path", console));
        note.endpoint()
                .ifPresentOrElse(
                        endpoint -> facts.put("api_socket", endpoint.toString()),
                        () -> {
                            facts.put("api_socket", files.socket().toString());
                            facts.put("log_path", files.log().toString());
                            facts.put("event_monitor_path", files.events().toString());
                        });
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

    @Override
    public void discard(ShortId id) {
        readNote(id)
                .flatMap(LaunchNote::endpoint)
                .map(endpoints::at)
                .ifPresent(endpoint -> attached.forget(id, endpoint));
        host.discard(id);
        resources.notes().forget(id);
        endpoints.leave(id);
    }

    /** Lets go of all VMMs, which live on. */
    @Override
    public void close() {
        resources.close();
    }
}
