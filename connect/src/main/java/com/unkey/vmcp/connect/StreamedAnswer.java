package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.NonBlocking;
import com.linecorp.armeria.server.RequestCancellationException;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An answer of any number of messages, sent as they come. Whoever sends faster than the client
 * reads is made to wait, so that no queue grows: grpc-java's observers have no other brake that
 * everybody uses.
 */
final class StreamedAnswer implements Answer {

    /** Bytes on their way to the client beyond which senders wait. */
    private static final long WINDOW_BYTES = 64 * 1024;

    /** A client that takes nothing for so long is taken for gone. */
    private static final Duration STALL = Duration.ofMinutes(2);

    private final Enveloped protocol;
    private final Protocol.Head head;
    private final Runnable onReady;
    private final HttpResponseWriter writer = HttpResponse.streaming();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private Metadata leading = new Metadata();
    private boolean opened;
    private boolean closed;
    private long underWay;

    /**
     * An answer.
     *
     * @param onReady runs when there is room again
     */
    StreamedAnswer(Enveloped protocol, Protocol.Head head, Runnable onReady) {
        this.protocol = protocol;
        this.head = head;
        this.onReady = onReady;
        var _ = writer.whenComplete().handle((_, _) -> finish());
    }

    @Override
    public HttpResponse response() {
        return writer;
    }

    @Override
    public void headers(Metadata metadata) {
        lock.lock();
        try {
            leading = metadata;
            open();
        } finally {
            lock.unlock();
        }
    }

    private void open() {
        if (!opened && !closed) {
            opened = true;
            var _ = writer.tryWrite(protocol.opening(head, leading));
        }
    }

    @Override
    public void message(Protocol.Payload message) {
        int length = message.data().length();
        lock.lock();
        try {
            awaitRoom();
            open();
            if (closed || !writer.tryWrite(message.data())) {
                return;
            }
            underWay += length;
        } finally {
            lock.unlock();
        }
        var _ = writer.whenConsumed().handle((_, _) -> taken(length));
    }

    /** An event loop must not wait: its own work is what would end the wait. */
    private void awaitRoom() {
        if (Thread.currentThread() instanceof NonBlocking) {
            return;
        }
        long patience = STALL.toNanos();
        try {
            while (!closed && underWay >= WINDOW_BYTES) {
                if (patience <= 0) {
                    throw Status.CANCELLED
                            .withDescription("the client does not read the answer")
                            .asRuntimeException();
                }
                patience = change.awaitNanos(patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Status.CANCELLED.withCause(e).asRuntimeException();
        }
    }

    private boolean taken(int length) {
        boolean roomAgain;
        lock.lock();
        try {
            boolean wasFull = underWay >= WINDOW_BYTES;
            underWay -= length;
            roomAgain = wasFull && underWay < WINDOW_BYTES && !closed;
            change.signalAll();
        } finally {
            lock.unlock();
        }
        if (roomAgain) {
            onReady.run();
        }
        return roomAgain;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            end(status, trailers);
            closed = true;
            change.signalAll();
        } finally {
            lock.unlock();
        }
        writer.close();
    }

    private void end(Status status, Metadata trailers) {
        if (opened || status.isOk()) {
            open();
            var _ = writer.tryWrite(protocol.ending(head, status, trailers));
        } else {
            protocol.failure(head, status, trailers)
                    .forEach(
                            part -> {
                                var _ = writer.tryWrite(part);
                            });
        }
    }

    @Override
    public void abort() {
        writer.abort(RequestCancellationException.get());
    }

    /** The client has all of it, or has gone. */
    private boolean finish() {
        lock.lock();
        try {
            closed = true;
            change.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isReady() {
        lock.lock();
        try {
            return !closed && underWay < WINDOW_BYTES;
        } finally {
            lock.unlock();
        }
    }
}
