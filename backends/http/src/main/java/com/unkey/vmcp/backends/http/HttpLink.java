package com.unkey.vmcp.backends.http;

import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one VMM: one connection at most, made when it is needed, and one call at a time in
 * order of arrival. Any thread may call. A call that fails takes the connection with it, so that
 * its late answer is never taken for the next one's; no request is sent twice.
 */
public final class HttpLink implements AutoCloseable {

    /** What calls on a closed link are told. */
    static final String LET_GO = "this VMM has been let go of";

    private static final Logger log = LoggerFactory.getLogger(HttpLink.class);

    private final EventLoopGroup loop;
    private final Path socket;
    private final Runnable onLost;
    private final Consumer<HttpLink> onClose;
    private final ReentrantLock turn = new ReentrantLock(true);
    private volatile Optional<Connection> connection = Optional.empty();
    private volatile boolean closed;

    /**
     * @param onClose told that the link is closed, maybe more than once
     */
    HttpLink(EventLoopGroup loop, Path socket, Runnable onLost, Consumer<HttpLink> onClose) {
        this.loop = loop;
        this.socket = socket;
        this.onLost = onLost;
        this.onClose = onClose;
    }

    /**
     * Returns when there is a connection, made now where there was none. That is no sign that the
     * VMM answers: its socket takes connections before anybody serves them.
     *
     * @param limit for waiting for calls of others and for connecting
     * @throws LinkException unavailable where there is none in time
     */
    public void connect(Duration limit) {
        if (connected()) {
            return;
        }
        Deadline deadline = Deadline.after(limit);
        takeTurn("connecting", deadline);
        try {
            Connection _ = established(deadline);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Sends a request and waits for the answer, whatever its status.
     *
     * @param limit for waiting for one's turn, connecting, sending and the whole answer
     * @throws LinkException unavailable where there is no whole answer in time
     */
    public HttpAnswer call(HttpRequest request, Duration limit) {
        Deadline deadline = Deadline.after(limit);
        takeTurn(request.toString(), deadline);
        try {
            return exchange(request, deadline);
        } finally {
            turn.unlock();
        }
    }

    private void takeTurn(String what, Deadline deadline) {
        try {
            if (!turn.tryLock(deadline.nanosLeft(), TimeUnit.NANOSECONDS)) {
                throw new LinkException(
                        "the VMM does not answer: %s could not begin %s, another call is under way"
                                .formatted(what, deadline),
                        false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted before " + what, false, e);
        }
    }

    /** The VMM may have ended the connection that stands, in which case it did not get it. */
    private HttpAnswer exchange(HttpRequest request, Deadline deadline) {
        Optional<Connection> standing = connection.filter(Connection::usable);
        if (standing.isPresent()) {
            Optional<HttpAnswer> answer = standing.get().call(request, deadline);
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        Connection fresh = established(deadline);
        return fresh.call(request, deadline)
                .orElseThrow(() -> new LinkException(fresh.refusal(request), false));
    }

    /** The connection that stands, or a new one. Only for whoever has the turn. */
    private Connection established(Deadline deadline) {
        requireOpen();
        Optional<Connection> standing = connection.filter(Connection::usable);
        if (standing.isPresent()) {
            return standing.get();
        }
        Connection opened = Connection.open(loop, socket, this::lost, deadline);
        connection = Optional.of(opened);
        if (closed) {
            opened.close();
        }
        requireOpen();
        return opened;
    }

    private void requireOpen() {
        if (closed) {
            throw new LinkException(LET_GO, false);
        }
    }

    private void lost() {
        if (closed) {
            return;
        }
        try {
            onLost.run();
        } catch (RuntimeException e) {
            log.error("telling of a lost connection failed", e);
        }
    }

    /** Whether there is a connection that nobody has ended, as far as is known. */
    public boolean connected() {
        return connection.filter(Connection::usable).isPresent();
    }

    /** Ends the connection, and calls under way and to come with unavailable. Idempotent. */
    @Override
    public void close() {
        closed = true;
        connection.ifPresent(Connection::close);
        onClose.accept(this);
    }
}
