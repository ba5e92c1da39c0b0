package com.unkey.vmcp.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import io.grpc.Status;
import io.grpc.StatusException;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Cuts a request body into its envelopes as it arrives, and hands on as many as were asked for. The
 * client is held back meanwhile: no more is kept than one message and what came along with it.
 *
 * <p>Everything happens on the connection's event loop; {@link #request} may be called anywhere.
 */
final class RequestStream implements Subscriber<HttpObject> {

    /** Takes what arrives; called on the event loop. */
    interface Sink {
        /** Content of one envelope. */
        void envelope(byte[] content, int flags);

        /** All has arrived. */
        void end();

        /** Nothing more can be made of the body. */
        void broken(Status status);
    }

    private static final byte[] NOTHING = {};

    private final EventLoop loop;
    private final Sink sink;
    private final int limit;
    private final Duration timeout;
    private byte[] buffer = NOTHING;
    private int from;
    private int to;
    private long wanted;
    private boolean asked;
    private boolean complete;
    private boolean over;
    private @Nullable Subscription subscription;
    private @Nullable Future<?> alarm;

    /**
     * A stream that has not begun: it does once it is subscribed to a request, on the event loop.
     *
     * @param limit on the length of a message, in bytes
     * @param timeout for a message from its first byte to its last
     */
    RequestStream(EventLoop loop, Sink sink, int limit, Duration timeout) {
        this.loop = loop;
        this.sink = sink;
        this.limit = limit;
        this.timeout = timeout;
    }

    /** Asks for more messages. */
    void request(int messages) {
        loop.execute(
                () -> {
                    wanted += messages;
                    advance();
                });
    }

    /** Hands on no more; what still comes is thrown away. */
    void discard() {
        loop.execute(this::finish);
    }

    @Override
    public void onSubscribe(Subscription upstream) {
        subscription = upstream;
        advance();
    }

    @Override
    public void onNext(HttpObject part) {
        asked = false;
        if (part instanceof HttpData data && !over) {
            append(data.array());
        }
        advance();
    }

    private void append(byte[] more) {
        if (from == to) {
            buffer = more;
            from = 0;
            to = more.length;
            return;
        }
        int kept = to - from;
        if (buffer.length - to < more.length) {
            byte[] larger = new byte[Math.max(2 * kept, kept + more.length)];
            System.arraycopy(buffer, from, larger, 0, kept);
            buffer = larger;
            from = 0;
            to = kept;
        }
        System.arraycopy(more, 0, buffer, to, more.length);
        to += more.length;
    }

    @Override
    public void onComplete() {
        asked = false;
        complete = true;
        advance();
    }

    @Override
    public void onError(Throwable cause) {
        fail(Status.CANCELLED.withDescription("the request body broke off").withCause(cause));
    }

    /** Hands on what is there, then asks for more where it is needed. */
    private void advance() {
        try {
            while (!over && wanted > 0 && hasWhole()) {
                deliver();
            }
        } catch (StatusException e) {
            fail(e.getStatus());
        }
        if (over) {
            ask();
        } else if (complete && from == to) {
            finish();
            sink.end();
        } else if (complete && wanted > 0) {
            fail(SingleEnvelope.cut(to - from).getStatus());
        } else if (wanted > 0 || from == to) {
            ask();
        }
        watch();
    }

    private boolean hasWhole() throws StatusException {
        int here = to - from;
        if (here < Envelope.PREFIX_BYTES) {
            return false;
        }
        long length = Envelope.length(buffer, from);
        if (length > limit) {
            throw SingleEnvelope.tooLarge(length, limit);
        }
        return here - Envelope.PREFIX_BYTES >= length;
    }

    private void deliver() {
        int begin = from + Envelope.PREFIX_BYTES;
        int end = begin + (int) Envelope.length(buffer, from);
        int flags = buffer[from] & 0xff;
        wanted--;
        from = end;
        sink.envelope(Arrays.copyOfRange(buffer, begin, end), flags);
    }

    private void ask() {
        if (!asked && !complete && subscription != null) {
            asked = true;
            subscription.request(1);
        }
    }

    /** A message that has begun has to be whole in time. */
    private void watch() {
        boolean begun = !over && !complete && wanted > 0 && from < to;
        if (begun && alarm == null) {
            alarm =
                    loop.schedule(
                            () -> fail(RequestBody.late(timeout)),
                            timeout.toMillis(),
                            TimeUnit.MILLISECONDS);
        } else if (!begun && alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }

    private void fail(Status status) {
        if (!over) {
            finish();
            sink.broken(status);
        }
    }

    private void finish() {
        over = true;
        buffer = NOTHING;
        from = 0;
        to = 0;
        watch();
        ask();
    }
}
