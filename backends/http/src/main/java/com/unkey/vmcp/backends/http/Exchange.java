package com.unkey.vmcp.backends.http;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One request and its answer as it comes in. The caller waits for the outcome, the first of which
 * counts; everything else is the event loop's.
 */
final class Exchange {

    /** How it ended. */
    sealed interface Outcome {
        record Answered(HttpAnswer answer) implements Outcome {}

        /** The connection had ended before the request was on its way. */
        record NotSent() implements Outcome {}

        record Failed(String why, boolean sent) implements Outcome {}
    }

    private static final int FIRST_CAPACITY = 1024;

    private final HttpRequest request;
    private final int longest;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(FIRST_CAPACITY);
    private int status;
    private boolean answerBegun;

    /**
     * @param longest answer that is taken, in bytes
     */
    Exchange(HttpRequest request, int longest) {
        this.request = request;
        this.longest = longest;
    }

    HttpRequest request() {
        return request;
    }

    /** Waits for the end; the caller has to {@link #giveUp} where it does not come. */
    Outcome await(Deadline deadline) throws InterruptedException, TimeoutException {
        try {
            return outcome.get(deadline.nanosLeft(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an exchange ends with an outcome, always", e);
        }
    }

    /** Decides that the request is sent; false where the caller gave up first. */
    boolean begin() {
        return decided.compareAndSet(false, true);
    }

    /** Keeps the request from being sent; true where it may have been already. */
    boolean giveUp() {
        return !decided.compareAndSet(false, true);
    }

    /** The first bytes of the answer are there. */
    void answerBegins() {
        answerBegun = true;
    }

    void head(int answered) {
        status = answered;
    }

    /** Takes a part of the body; false where it gets too long. */
    boolean append(ByteBuf part) throws IOException {
        if (part.readableBytes() > longest - body.size()) {
            return false;
        }
        part.readBytes(body, part.readableBytes());
        return true;
    }

    void answered() {
        end(new Outcome.Answered(new HttpAnswer(status, body.toString(StandardCharsets.UTF_8))));
    }

    void notSent() {
        end(new Outcome.NotSent());
    }

    /** Ends it by the end of its connection. */
    void lost() {
        fail(
                answerBegun
                        ? "the VMM closed the connection in the midst of its answer to " + request
                        : "the VMM closed the connection without an answer to " + request);
    }

    /** Ends it by an end of the connection that we wanted. */
    void letGo() {
        end(new Outcome.Failed(HttpLink.LET_GO, decided.get()));
    }

    /** Ends it after the request may have been carried out. */
    void fail(String why) {
        end(new Outcome.Failed(why, true));
    }

    private void end(Outcome how) {
        boolean _ = outcome.complete(how);
    }
}
