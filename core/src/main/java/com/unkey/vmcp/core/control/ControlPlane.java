package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.BackendHealth;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.VmStore;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * All VMs of this host. Calls that change a VM are handed to the one thread that owns it; calls
 * that read are answered from the published records and never wait for it.
 */
public final class ControlPlane implements VmOperations, AutoCloseable {

    private static final int DEFAULT_PAGE = 50;
    private static final int MAX_PAGE = 1000;

    private final Ports ports;
    private final Settings settings;
    private final Instant started;
    private final Registry registry;
    private final PageTokens tokens;
    private final Creation creation;
    private final Recovery recovery;

    private ControlPlane(Ports ports, Settings settings, VmStore.Contents contents) {
        this.ports = ports;
        this.settings = settings;
        this.started = ports.clock().instant();
        this.registry = new Registry(contents.lastSequence());
        this.tokens = new PageTokens(contents.secret());
        Strays strays = new Strays(ports, registry);
        this.creation = new Creation(ports, settings, registry, strays);
        this.recovery = new Recovery(ports, settings, registry, strays);
    }

    /**
     * Reads the records, takes over what lives, settles what was left open, sweeps up what belongs
     * to nobody and adopts VMs found in VMMs of others. Returns once every VMM has been looked at,
     * or after a few seconds where some do not answer.
     */
    public static ControlPlane start(Ports ports, Settings settings) {
        VmStore.Contents contents = ports.store().load();
        ControlPlane plane = new ControlPlane(ports, settings, contents);
        plane.recovery.run(contents.records());
        return plane;
    }

    @Override
    public CompletableFuture<VmRecord> create(CreateRequest request) {
        Reply<VmRecord> reply = new Reply<>();
        Threads.start(
                "create",
                () -> {
                    try {
                        creation.begin(request, reply);
                    } catch (RuntimeException | Error e) {
                        reply.fail(e);
                    }
                });
        return reply.future();
    }

    @Override
    public CompletableFuture<VmState.Kind> run(VmId id, Operation operation, Duration timeout) {
        Reply<VmState.Kind> reply = new Reply<>();
        registry.require(id)
                .submit(new Message.Call(operation, patience(operation, timeout), reply));
        return reply.future();
    }

    private static Duration patience(Operation operation, Duration asked) {
        return switch (operation.action()) {
            case REBOOT -> Limits.REBOOT_WAIT;
            case CREATE, BOOT, PAUSE, RESUME, SHUTDOWN, DELETE -> asked;
        };
    }

    @Override
    public VmView info(VmId id) {
        VmActor actor = registry.requireCreated(id);
        VmRecord record = actor.record();
        Optional<Sampler.Taken> taken = subject(actor, record).flatMap(actor.sampler()::read);
        Instant now = ports.clock().instant();
        return new VmView(
                record,
                taken.flatMap(sample -> metrics(record, sample, now)),
                backendInfo(actor, record, taken.map(sample -> sample.age(now))));
    }

    private static Optional<Sampler.Subject> subject(VmActor actor, VmRecord record) {
        return record.state()
                .booted()
                .flatMap(
                        booted ->
                                actor.lifecycle()
                                        .vmm()
                                        .map(
                                                vmm ->
                                                        new Sampler.Subject(
                                                                vmm,
                                                                record.definition()
                                                                        .spec()
                                                                        .vcpuCount(),
                                                                booted)));
    }

    private static Optional<Metrics> metrics(VmRecord record, Sampler.Taken taken, Instant now) {
        return record.state()
                .booted()
                .map(
                        booted ->
                                new Metrics(
                                        taken.cpuPercent(),
                                        taken.sample().memoryBytes(),
                                        taken.sample().network(),
                                        taken.sample().storage(),
                                        Math.max(0, Duration.between(booted, now).toSeconds())));
    }

    private Map<String, String> backendInfo(
            VmActor actor, VmRecord record, Optional<Duration> sampleAge) {
        Map<String, String> info = new HashMap<>();
        for (String key : List.of("vmm_version", "console_path", "log_path")) {
            info.put(key, "");
        }
        info.put("vmm", record.identity().backend().value());
        info.putAll(actor.lifecycle().backend(record).describe(LaunchPlan.of(record)));
        info.put("last_exit", record.lastExit().orElse(""));
        info.put("sample_age_ms", sampleAge.map(age -> "" + age.toMillis()).orElse(""));
        info.put("pid", pid(actor));
        return info;
    }

    private static String pid(VmActor actor) {
        return actor.lifecycle()
                .vmm()
                .map(vmm -> vmm.pid())
                .filter(pid -> pid.isPresent())
                .map(pid -> Long.toString(pid.getAsLong()))
                .orElse("");
    }

    @Override
    public VmPage list(ListQuery query) {
        int size = pageSize(query.pageSize());
        long after = tokens.sequence(query.pageToken(), query.states());
        List<VmRecord> matching =
                registry.records()
                        .filter(
                                record ->
                                        query.states().isEmpty()
                                                || query.states().contains(record.state().kind()))
                        .toList();
        List<VmRecord> rest =
                matching.stream().filter(record -> record.identity().sequence() > after).toList();
        List<VmRecord> page = rest.stream().limit(size).toList();
        String next =
                rest.size() > size
                        ? tokens.after(page.getLast().identity().sequence(), query.states())
                        : "";
        return new VmPage(page, next, matching.size());
    }

    private static int pageSize(int asked) {
        if (asked < 0 || asked > MAX_PAGE) {
            throw new VmException(
                    VmFailure.Invalid.field(
                            "page_size", "must be 0 to " + MAX_PAGE + ", got " + asked));
        }
        return asked == 0 ? DEFAULT_PAGE : asked;
    }

    @Override
    public List<BackendView> backends() {
        return ports.backends().stream().map(this::view).toList();
    }

    private BackendView view(Hypervisor backend) {
        return new BackendView(
                backend.name(),
                backend.name().equals(settings.defaultBackend()),
                backend.health(),
                backend.capabilities(),
                backend.profile());
    }

    @Override
    public HealthReport health() {
        BackendHealth health = ports.backend(settings.defaultBackend()).health();
        Optional<String> trouble =
                health instanceof BackendHealth.Unhealthy(String reason)
                        ? Optional.of(reason)
                        : Optional.empty();
        return new HealthReport(
                trouble.isEmpty(),
                settings.defaultBackend(),
                trouble,
                Duration.between(started, ports.clock().instant()));
    }

    /** Lets what is under way come to its end, within a bound, and lets go of all VMMs. */
    @Override
    public void close() {
        recovery.release();
    }
}
