package com.unkey.vmcp.rpc;

import com.unkey.vmcp.api.v1.VmServiceGrpc;
import com.unkey.vmcp.core.control.HealthReport;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health as gRPC has it: {@code grpc.health.v1.Health}, for the server as a whole (the empty name)
 * and for VmService, which are healthy together. There are as many who watch as the server allows
 * calls; each costs an object, and all together one look at the health now and then.
 */
final class GrpcHealth extends HealthGrpc.HealthImplBase implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GrpcHealth.class);
    private static final Set<String> SERVICES = Set.of("", VmServiceGrpc.SERVICE_NAME);

    private final Supplier<HealthReport> health;
    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    private GrpcHealth(Supplier<HealthReport> health) {
        this.health = health;
    }

    /**
     * Begins to look after those who watch.
     *
     * @param interval between two looks
     */
    static GrpcHealth start(Supplier<HealthReport> health, Duration interval) {
        GrpcHealth service = new GrpcHealth(health);
        Thread.ofVirtual().name("health-watch").start(() -> service.watch(interval));
        return service;
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> caller) {
        if (SERVICES.contains(request.getService())) {
            caller.onNext(answer(status()));
            caller.onCompleted();
        } else {
            caller.onError(
                    Status.NOT_FOUND
                            .withDescription("unknown service " + request.getService())
                            .asRuntimeException());
        }
    }

    /** An unknown service may become known with a later version: that is told, and no end. */
    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> caller) {
        if (!SERVICES.contains(request.getService())) {
            caller.onNext(answer(ServingStatus.SERVICE_UNKNOWN));
            return;
        }
        Watcher watcher = new Watcher((ServerCallStreamObserver<HealthCheckResponse>) caller);
        watcher.caller.setOnCancelHandler(() -> watchers.remove(watcher));
        watchers.add(watcher);
        watcher.tell(status());
        if (watcher.caller.isCancelled()) {
            watchers.remove(watcher);
        }
    }

    int watching() {
        return watchers.size();
    }

    private void watch(Duration interval) {
        try {
            while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                if (!watchers.isEmpty()) {
                    ServingStatus status = status();
                    watchers.forEach(watcher -> watcher.tellIfReady(status));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ServingStatus status() {
        try {
            return health.get().healthy() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        } catch (RuntimeException e) {
            LOG.error("health failed unexpectedly", e);
            return ServingStatus.NOT_SERVING;
        }
    }

    private static HealthCheckResponse answer(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

    /** Ends the looking; the calls of those who watch end with the server's. */
    @Override
    public void close() {
        closed.countDown();
    }

    /** One who watches, and what was told last. */
    private static final class Watcher {

        private final ServerCallStreamObserver<HealthCheckResponse> caller;
        private ServingStatus told = ServingStatus.UNKNOWN;

        Watcher(ServerCallStreamObserver<HealthCheckResponse> caller) {
            this.caller = caller;
        }

        synchronized void tell(ServingStatus status) {
            if (status != told) {
                told = status;
                caller.onNext(answer(status));
            }
        }

        /** One who does not read is told the next time: nothing piles up. */
        void tellIfReady(ServingStatus status) {
            if (caller.isReady()) {
                tell(status);
            }
        }
    }
}
