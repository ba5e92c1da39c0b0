package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import java.util.concurrent.CompletableFuture;

/**
 * The answer somebody waits for. Whoever stops waiting cancels it; that drops what is still queued
 * and changes nothing about what has begun.
 */
final class Reply<T> {

    private final CompletableFuture<T> future = new CompletableFuture<>();

    /** A reply to nobody, for what a restart goes on with. */
    static <T> Reply<T> toNobody() {
        return new Reply<>();
    }

    CompletableFuture<T> future() {
        return future;
    }

    boolean abandoned() {
        return future.isDone();
    }

    void succeed(T value) {
        future.complete(value);
    }

    void fail(VmFailure failure) {
        fail(new VmException(failure));
    }

    void fail(Throwable cause) {
        future.completeExceptionally(cause);
    }
}
