package com.unkey.vmcp.rpc;

import com.unkey.vmcp.api.v1.BootVmRequest;
import com.unkey.vmcp.api.v1.BootVmResponse;
import com.unkey.vmcp.api.v1.CreateVmRequest;
import com.unkey.vmcp.api.v1.CreateVmResponse;
import com.unkey.vmcp.api.v1.DeleteVmRequest;
import com.unkey.vmcp.api.v1.DeleteVmResponse;
import com.unkey.vmcp.api.v1.GetVmInfoRequest;
import com.unkey.vmcp.api.v1.GetVmInfoResponse;
import com.unkey.vmcp.api.v1.ListBackendsRequest;
import com.unkey.vmcp.api.v1.ListBackendsResponse;
import com.unkey.vmcp.api.v1.ListVmsRequest;
import com.unkey.vmcp.api.v1.ListVmsResponse;
import com.unkey.vmcp.api.v1.PauseVmRequest;
import com.unkey.vmcp.api.v1.PauseVmResponse;
import com.unkey.vmcp.api.v1.RebootVmRequest;
import com.unkey.vmcp.api.v1.RebootVmResponse;
import com.unkey.vmcp.api.v1.ResumeVmRequest;
import com.unkey.vmcp.api.v1.ResumeVmResponse;
import com.unkey.vmcp.api.v1.ShutdownVmRequest;
import com.unkey.vmcp.api.v1.ShutdownVmResponse;
import com.unkey.vmcp.api.v1.VmServiceGrpc;
import com.unkey.vmcp.core.control.VmOperations;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmState;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The calls: reads the request, asks the control plane, writes the answer. May be called on an
 * event loop: what could block goes to the executor.
 */
final class VmEndpoint extends VmServiceGrpc.VmServiceImplBase {

    private final VmOperations vms;
    private final Executor executor;
    private final Set<Pending<?>> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    VmEndpoint(VmOperations vms, Executor executor) {
        this.vms = vms;
        this.executor = executor;
    }

    @Override
    public void createVm(CreateVmRequest request, StreamObserver<CreateVmResponse> caller) {
        pending(label(Action.CREATE.call(), request.getVmId()), caller)
                .start(executor, () -> vms.create(Requests.create(request)), Responses::created);
    }

    @Override
    public void deleteVm(DeleteVmRequest request, StreamObserver<DeleteVmResponse> caller) {
        change(
                request.getVmId(),
                new Operation(Action.DELETE, request.getForce()),
                caller,
                _ -> DeleteVmResponse.newBuilder().setSuccess(true).build());
    }

    @Override
    public void bootVm(BootVmRequest request, StreamObserver<BootVmResponse> caller) {
        change(
                request.getVmId(),
                Operation.of(Action.BOOT),
                caller,
                state ->
                        BootVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(States.write(state))
                                .build());
    }

    @Override
    public void shutdownVm(ShutdownVmRequest request, StreamObserver<ShutdownVmResponse> caller) {
        Operation operation = new Operation(Action.SHUTDOWN, request.getForce());
        await(
                request.getVmId(),
                operation,
                caller,
                () -> {
                    Requests.Shutdown shutdown = Requests.shutdown(request);
                    return vms.run(shutdown.id(), operation, shutdown.timeout());
                },
                state ->
                        ShutdownVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(States.write(state))
                                .build());
    }

    @Override
    public void pauseVm(PauseVmRequest request, StreamObserver<PauseVmResponse> caller) {
        change(
                request.getVmId(),
                Operation.of(Action.PAUSE),
                caller,
                state ->
                        PauseVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(States.write(state))
                                .build());
    }

    @Override
    public void resumeVm(ResumeVmRequest request, StreamObserver<ResumeVmResponse> caller) {
        change(
                request.getVmId(),
                Operation.of(Action.RESUME),
                caller,
                state ->
                        ResumeVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(States.write(state))
                                .build());
    }

    @Override
    public void rebootVm(RebootVmRequest request, StreamObserver<RebootVmResponse> caller) {
        change(
                request.getVmId(),
                new Operation(Action.REBOOT, request.getForce()),
                caller,
                state ->
                        RebootVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(States.write(state))
                                .build());
    }

    @Override
    public void getVmInfo(GetVmInfoRequest request, StreamObserver<GetVmInfoResponse> caller) {
        read(
                label("GetVmInfo", request.getVmId()),
                caller,
                () -> Responses.info(vms.info(VmIds.require(request.getVmId()))));
    }

    @Override
    public void listVms(ListVmsRequest request, StreamObserver<ListVmsResponse> caller) {
        read("ListVms", caller, () -> Responses.page(vms.list(Requests.list(request))));
    }

    @Override
    public void listBackends(
            ListBackendsRequest request, StreamObserver<ListBackendsResponse> caller) {
        read("ListBackends", caller, () -> BackendWriter.write(vms.backends()));
    }

    /**
     * An operation that needs no more than the id; how long a reboot waits is the core's matter.
     */
    private <T> void change(
            String vmId,
            Operation operation,
            StreamObserver<T> caller,
            Function<VmState.Kind, T> answer) {
        await(
                vmId,
                operation,
                caller,
                () -> vms.run(VmIds.require(vmId), operation, Requests.DEFAULT_PATIENCE),
                answer);
    }

    private <T> void await(
            String vmId,
            Operation operation,
            StreamObserver<T> caller,
            Supplier<CompletableFuture<VmState.Kind>> work,
            Function<VmState.Kind, T> answer) {
        pending(label(operation.toString(), vmId), caller).start(executor, work, answer);
    }

    /** Blocks this thread where it is a virtual one, else one of its own. */
    private <T> void read(String label, StreamObserver<T> caller, Supplier<T> work) {
        Executor here = Thread.currentThread().isVirtual() ? Runnable::run : executor;
        pending(label, caller)
                .start(
                        Runnable::run,
                        () -> CompletableFuture.supplyAsync(work, here),
                        Function.identity());
    }

    private <T> Pending<T> pending(String label, StreamObserver<T> caller) {
        Pending<T> call = new Pending<>(label, caller);
        waiting.add(call);
        call.whenOver(() -> waiting.remove(call));
        if (stopping) {
            call.stop();
        }
        return call;
    }

    /** Ends every call that waits, and from now on every call that comes. */
    void stop() {
        stopping = true;
        waiting.forEach(Pending::stop);
    }

    private static String label(String call, String vmId) {
        return vmId.isEmpty() ? call : call + " of vm_id \"" + vmId + "\"";
    }
}
