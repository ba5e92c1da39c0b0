package com.unkey.vmcp.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for its answer. When the caller leaves or runs out of time the wait is over at
 * once and what was asked for is withdrawn, as far as it still can be.
 */
final class Pending<T> {

    private final String call;
    private final StreamObserver<T> caller;
    private @Nullable CompletableFuture<?> work;
    private boolean left;

    private Pending(String call, StreamObserver<T> caller) {
        this.call = call;
        this.caller = caller;
    }

    /** Starts the work on this thread, answers on the executor when it is done. */
    static <V, T> void await(
            String call,
            StreamObserver<T> caller,
            Executor executor,
            Supplier<CompletableFuture<V>> work,
            Function<V, T> answer) {
        Pending<T> pending = new Pending<>(call, caller);
        if (caller instanceof ServerCallStreamObserver<T> observer) {
            observer.setOnCancelHandler(pending::leave);
        }
        pending.start(executor, work, answer);
    }

    private <V> void start(
            Executor executor, Supplier<CompletableFuture<V>> supplier, Function<V, T> answer) {
        CompletableFuture<V> future;
        try {
            future = supplier.get();
        } catch (RuntimeException e) {
            future = CompletableFuture.failedFuture(e);
        }
        var _ =
                future.thenApply(answer)
                        .whenCompleteAsync((value, failure) -> answer(value, failure), executor);
        watch(future);
    }

    private void answer(T value, @Nullable Throwable failure) {
        if (hasLeft()) {
            return;
        }
        if (failure != null) {
            caller.onError(FailureStatus.of(call, failure));
        } else {
            caller.onNext(value);
            caller.onCompleted();
        }
    }

    private synchronized boolean hasLeft() {
        return left;
    }

    private void watch(CompletableFuture<?> started) {
        synchronized (this) {
            work = started;
        }
        if (hasLeft()) {
            started.cancel(false);
        }
    }

    private void leave() {
        CompletableFuture<?> started;
        synchronized (this) {
            left = true;
            started = work;
        }
        if (started != null) {
            started.cancel(false);
        }
    }
}
