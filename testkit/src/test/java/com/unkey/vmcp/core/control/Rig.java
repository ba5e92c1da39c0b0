package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.port.FailPoints;
import com.unkey.vmcp.core.port.HostInspector;
import com.unkey.vmcp.core.port.Hypervisor;
import com.unkey.vmcp.core.port.ProcessHost;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.core.vm.VmState;
import com.unkey.vmcp.testkit.host.CountingIds;
import com.unkey.vmcp.testkit.host.FakeHost;
import com.unkey.vmcp.testkit.host.FakeProcesses;
import com.unkey.vmcp.testkit.hypervisor.FakeHypervisor;
import com.unkey.vmcp.testkit.hypervisor.FakeVmm;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.store.InMemoryVmStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A control plane on fakes that outlive it. */
final class Rig implements AutoCloseable {

    static final Duration LONG = Duration.ofSeconds(15);

    final FakeHypervisor hypervisor = new FakeHypervisor();

    /** Stands beside the one that new VMs get. */
    final FakeHypervisor other = new FakeHypervisor(new BackendName("other"));

    final FakeHost host = new FakeHost();
    final FakeProcesses processes = new FakeProcesses();
    InMemoryVmStore store = new InMemoryVmStore();
    ControlPlane plane;
    private final CountingIds ids = new CountingIds();
    private Fence fence = new Fence();
    private Optional<String> defaultKernel = Optional.empty();

    Rig() {
        plane = start(FailPoints.none());
    }

    private ControlPlane start(FailPoints failPoints) {
        fence = new Fence();
        return ControlPlane.start(
                new Ports(
                        store,
                        List.of(
                                fence.around(Hypervisor.class, hypervisor),
                                fence.around(Hypervisor.class, other)),
                        fence.around(HostInspector.class, host),
                        fence.around(ProcessHost.class, processes),
                        ids,
                        InstantSource.system(),
                        failPoints),
                new Settings(FakeHypervisor.NAME, defaultKernel));
    }

    /** Ends the control plane in good order and starts another. */
    void restart() {
        restart(FailPoints.none());
    }

    void restart(FailPoints failPoints) {
        plane.close();
        plane = start(failPoints);
    }

    /** Leaves the control plane to itself, cut off from the store, and starts another. */
    void crash() {
        fence.close();
        store = store.crash();
        plane = start(FailPoints.none());
    }

    void restartWithDefaultKernel(String kernel) {
        defaultKernel = Optional.of(kernel);
        restart();
    }

    VmRecord create(String id) {
        return create(id, spec());
    }

    VmRecord create(String id, VmSpec spec) {
        return createOn("", id, spec);
    }

    VmRecord createOn(String backend, String id) {
        return createOn(backend, id, spec());
    }

    VmRecord createOn(String backend, String id, VmSpec spec) {
        return get(plane.create(new CreateRequest(id, backend, spec, List.of())));
    }

    /** Asks for a VM of that id that nothing is wrong with. */
    static CreateRequest request(String id) {
        return new CreateRequest(id, "", spec(), List.of());
    }

    VmRecord createAndBoot(String id) {
        create(id);
        run(id, Action.BOOT);
        return record(id);
    }

    VmState.Kind run(String id, Action action) {
        return get(submit(id, Operation.of(action), LONG));
    }

    VmState.Kind force(String id, Action action) {
        return get(submit(id, Operation.forced(action), LONG));
    }

    CompletableFuture<VmState.Kind> submit(String id, Operation operation, Duration timeout) {
        return plane.run(new VmId(id), operation, timeout);
    }

    VmRecord record(String id) {
        return plane.info(new VmId(id)).record();
    }

    VmState.Kind state(String id) {
        return record(id).state().kind();
    }

    FakeVmm vmm(String id) {
        return hypervisor.find(record(id).identity().shortId()).orElseThrow();
    }

    void awaitState(String id, VmState.Kind kind) {
        Await.until(id + " to be " + kind, () -> state(id) == kind);
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    static VmSpec spec() {
        return new VmSpec(
                Optional.of(new VmSpec.Cpu(1, 0, Optional.empty(), Map.of())),
                Optional.of(new VmSpec.Memory(1 << 27, false, 0, Map.of())),
                Optional.of(new VmSpec.Boot("/kernel", "", "", Map.of())),
                new VmSpec.Devices(List.of(), List.of(), Optional.empty()),
                Map.of("team", "blue"));
    }

    @Override
    public void close() {
        plane.close();
    }
}
