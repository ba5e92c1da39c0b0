package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.control.BackendView;
import com.unkey.vmcp.core.control.CreateRequest;
import com.unkey.vmcp.core.control.HealthReport;
import com.unkey.vmcp.core.control.ListQuery;
import com.unkey.vmcp.core.control.Metrics;
import com.unkey.vmcp.core.control.VmOperations;
import com.unkey.vmcp.core.control.VmPage;
import com.unkey.vmcp.core.control.VmView;
import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.Sample;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.Revision;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmDefinition;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A control plane without VMs: remembers what it was asked and answers at once, or as it was told
 * to.
 */
final class FakeVms implements VmOperations {

    static final Instant CREATED = Instant.ofEpochSecond(1_700_000_000);

    /** What was asked of {@link #run}. */
    record Run(VmId id, Operation operation, Duration timeout) {}

    final BlockingQueue<CreateRequest> creates = new LinkedBlockingQueue<>();
    final BlockingQueue<Run> runs = new LinkedBlockingQueue<>();
    final BlockingQueue<ListQuery> lists = new LinkedBlockingQueue<>();
    private final Map<VmId, VmRecord> records = new LinkedHashMap<>();
    volatile Optional<RuntimeException> failure = Optional.empty();
    volatile Optional<CompletableFuture<VmState.Kind>> hanging = Optional.empty();
    volatile HealthReport health =
            new HealthReport(
                    true, new BackendName("qemu"), Optional.empty(), Duration.ofMillis(3_600_999));

    volatile List<BackendView> backends = List.of();

    @Override
    public CompletableFuture<VmRecord> create(CreateRequest request) {
        creates.add(request);
        failIfTold();
        if (!request.violations().isEmpty()) {
            return CompletableFuture.failedFuture(
                    new VmException(new VmFailure.Invalid(request.violations())));
        }
        String id = request.vmId().isEmpty() ? "generated" : request.vmId();
        return CompletableFuture.completedFuture(add(id, request, new VmState.Created()));
    }

    private synchronized VmRecord add(String id, CreateRequest request, VmState state) {
        VmRecord record =
                new VmRecord(
                        new VmIdentity(
                                new VmId(id),
                                new ShortId("abcdefghij"),
                                records.size() + 1L,
                                new BackendName("qemu"),
                                CREATED),
                        new VmDefinition(
                                request.spec(),
                                new GuestFiles(
                                        Path.of("/boot/vmlinuz"),
                                        Optional.empty(),
                                        List.of(),
                                        Optional.empty())),
                        state,
                        Optional.empty(),
                        Optional.empty(),
                        Revision.first(CREATED.plusSeconds(5)));
        records.put(record.id(), record);
        return record;
    }

    @Override
    public CompletableFuture<VmState.Kind> run(VmId id, Operation operation, Duration timeout) {
        runs.add(new Run(id, operation, timeout));
        failIfTold();
        return hanging.orElseGet(
                () -> CompletableFuture.completedFuture(reached(operation.action())));
    }

    /** The next operation asked for, within 10 s. */
    Run nextRun() throws InterruptedException {
        Run run = runs.poll(10, TimeUnit.SECONDS);
        assertThat(run).as("operation asked for").isNotNull();
        return run;
    }

    private static VmState.Kind reached(Action action) {
        return switch (action) {
            case CREATE -> VmState.Kind.CREATED;
            case BOOT, RESUME, REBOOT -> VmState.Kind.RUNNING;
            case PAUSE -> VmState.Kind.PAUSED;
            case SHUTDOWN, DELETE -> VmState.Kind.SHUTDOWN;
        };
    }

    @Override
    public synchronized VmView info(VmId id) {
        failIfTold();
        VmRecord record = records.get(id);
        if (record == null) {
            throw new VmException(new VmFailure.UnknownVm(id));
        }
        Metrics metrics =
                new Metrics(
                        12.5,
                        64L << 20,
                        new Sample.NetworkCounters(1, 2, 3, 4),
                        new Sample.StorageCounters(5, 6, 7, 8),
                        9);
        return new VmView(record, Optional.of(metrics), Map.of("vmm", "fake", "pid", "4711"));
    }

    @Override
    public synchronized VmPage list(ListQuery query) {
        lists.add(query);
        failIfTold();
        return new VmPage(List.copyOf(records.values()), "next", 41);
    }

    @Override
    public List<BackendView> backends() {
        failIfTold();
        return backends;
    }

    @Override
    public HealthReport health() {
        failIfTold();
        return health;
    }

    private void failIfTold() {
        failure.ifPresent(
                e -> {
                    throw e;
                });
    }
}
