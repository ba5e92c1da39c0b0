package com.unkey.vmcp.rpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for its answer. It ends once: with its answer, when the caller leaves or runs
 * out of time, or when the server stops; in the latter cases what was asked for is withdrawn, as
 * far as it still can be.
 */
final class Pending<T> {

    private final String call;
    private final StreamObserver<T> caller;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    Pending(String call, StreamObserver<T> caller) {
        this.call = call;
        this.caller = caller;
        if (caller instanceof ServerCallStreamObserver<T> observer) {
            observer.setOnCancelHandler(this::end);
        }
    }

    /** Starts the work on this thread, unless the call is over; answers on the executor. */
    <V> void start(
            Executor executor, Supplier<CompletableFuture<V>> supplier, Function<V, T> answer) {
        if (ended.get()) {
            return;
        }
        CompletableFuture<V> work;
        try {
            work = supplier.get();
        } catch (RuntimeException e) {
            work = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<V> started = work;
        var _ = over.thenRun(() -> started.cancel(false));
        var _ = work.thenApply(answer).whenCompleteAsync(this::answer, executor);
    }

    /** Runs when the call is over, however it ended. */
    void whenOver(Runnable action) {
        var _ = over.thenRun(action);
    }

    /** Answers that the server cannot wait any longer. */
    void stop() {
        refuse(
                Status.UNAVAILABLE
                        .withDescription(call + ": the server is stopping")
                        .asRuntimeException());
    }

    private void answer(@Nullable T value, @Nullable Throwable failure) {
        if (failure != null || value == null) {
            if (!ended.get()) {
                refuse(FailureStatus.of(call, failure));
            }
        } else if (end()) {
            caller.onNext(value);
            caller.onCompleted();
        }
    }

    private void refuse(StatusRuntimeException failure) {
        if (end()) {
            caller.onError(failure);
        }
    }

    /** True for the first who ends it. */
    private boolean end() {
        boolean first = ended.compareAndSet(false, true);
        over.complete(null);
        return first;
    }
}
