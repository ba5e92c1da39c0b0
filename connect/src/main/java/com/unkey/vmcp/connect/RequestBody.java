package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Gathers one request body, up to a limit in bytes and in time. A body that is too large is read on
 * for a while and thrown away: a client that is still sending would not look at an answer.
 *
 * <p>All callbacks come on the connection's event loop.
 */
final class RequestBody implements Subscriber<HttpObject> {

    /** How much of a body is read at most, in multiples of the limit. */
    private static final int PATIENCE = 16;

    private static final byte[] NOTHING = {};

    private final int limit;
    private final Duration timeout;
    private final CompletableFuture<byte[]> content = new CompletableFuture<>();
    private final List<byte[]> parts = new ArrayList<>(1);
    private long received;
    private @Nullable Subscription subscription;

    private RequestBody(int limit, Duration timeout) {
        this.limit = limit;
        this.timeout = timeout;
    }

    /** The body; on failure ends with a {@link io.grpc.StatusException}. */
    static CompletableFuture<byte[]> read(
            HttpRequest request, EventLoop loop, int limit, Duration timeout) {
        RequestBody body = new RequestBody(limit, timeout);
        Future<?> alarm = loop.schedule(body::expire, timeout.toMillis(), TimeUnit.MILLISECONDS);
        var _ = body.content.whenComplete((_, _) -> alarm.cancel(false));
        request.subscribe(body, loop);
        return body.content;
    }

    @Override
    public void onSubscribe(Subscription to) {
        subscription = to;
        to.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(HttpObject part) {
        if (!(part instanceof HttpData data)) {
            return;
        }
        received += data.length();
        if (received <= limit) {
            parts.add(data.array());
        } else {
            parts.clear();
            if (received > (long) limit * PATIENCE) {
                stop(tooLarge());
            }
        }
    }

    @Override
    public void onComplete() {
        if (received > limit) {
            content.completeExceptionally(tooLarge().asException());
        } else {
            content.complete(whole());
        }
    }

    /** Most bodies come in one part, which is then not copied. */
    private byte[] whole() {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        if (parts.isEmpty()) {
            return NOTHING;
        }
        byte[] all = new byte[(int) received];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @Override
    public void onError(Throwable cause) {
        Status gone = Status.CANCELLED.withDescription("the request body broke off");
        content.completeExceptionally(gone.withCause(cause).asException());
    }

    private void expire() {
        stop(late(timeout));
    }

    static Status late(Duration timeout) {
        return Status.DEADLINE_EXCEEDED.withDescription(
                "the request body did not arrive within %d s".formatted(timeout.toSeconds()));
    }

    private void stop(Status status) {
        content.completeExceptionally(status.asException());
        if (subscription != null) {
            subscription.cancel();
        }
    }

    private Status tooLarge() {
        return Status.RESOURCE_EXHAUSTED.withDescription(
                "request message is larger than the limit of %d bytes".formatted(limit));
    }
}
