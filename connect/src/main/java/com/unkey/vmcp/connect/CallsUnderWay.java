package com.unkey.vmcp.connect;

import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How many calls there are, and those of them that may go on for ever. */
final class CallsUnderWay {

    private final int limit;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<Call<?, ?>> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    CallsUnderWay(int limit) {
        this.limit = limit;
    }

    /** Takes a place, which has to be left again; or tells why there is none. */
    @Nullable Status enter() {
        if (draining) {
            return stopping();
        }
        if (count.incrementAndGet() > limit) {
            leave();
            return Status.RESOURCE_EXHAUSTED.withDescription(
                    "the server is busy with %d calls, as many as it takes".formatted(limit));
        }
        return null;
    }

    void leave() {
        count.decrementAndGet();
    }

    /** Remembers a call that has a place and may go on for ever. */
    void addStream(Call<?, ?> call) {
        streams.add(call);
        if (draining) {
            call.close(stopping());
        }
    }

    void removeStream(Call<?, ?> call) {
        streams.remove(call);
    }

    /** Lets nobody in any more and ends the streams. */
    void drain() {
        draining = true;
        streams.forEach(call -> call.close(stopping()));
    }

    private static Status stopping() {
        return Status.UNAVAILABLE.withDescription("the server is stopping");
    }
}
