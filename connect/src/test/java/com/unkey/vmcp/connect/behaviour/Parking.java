package com.unkey.vmcp.connect.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Where methods wait until their call is cancelled, and tests see them come and go. */
final class Parking {

    /** Far beyond what a test waits for. */
    private static final int STAY_MINUTES = 5;

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<Context> parked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Optional<Throwable>> cancelled = new LinkedBlockingQueue<>();

    /** Waits in the call's context. */
    void park() {
        Context context = Context.current();
        CountDownLatch end = new CountDownLatch(1);
        context.addListener(_ -> end.countDown(), Runnable::run);
        parked.add(context);
        try {
            if (end.await(STAY_MINUTES, TimeUnit.MINUTES)) {
                cancelled.add(Optional.ofNullable(context.cancellationCause()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitParked() throws InterruptedException {
        assertThat(parked.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("a method that waits")
                .isNotNull();
    }

    /** Whether a method waits, or did. */
    boolean hasParked() {
        return parked.poll() != null;
    }

    void awaitCancelled() throws InterruptedException {
        assertThat(cancelled.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("a cancelled method")
                .isNotNull();
    }
}
