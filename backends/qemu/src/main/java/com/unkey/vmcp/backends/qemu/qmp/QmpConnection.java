package com.unkey.vmcp.backends.qemu.qmp;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One connection to one QEMU monitor. QEMU serves one client at a time: a second one is greeted
 * when the first has gone.
 *
 * <p>Its thread connects, shakes hands and reads; whoever sends a command waits with a deadline.
 * The end of the connection fails all commands that wait.
 */
public final class QmpConnection implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(QmpConnection.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String NEGOTIATE = "qmp_capabilities";

    private static final Optional<String> NOT_ENDED = Optional.empty();

    private final SocketChannel channel;
    private final LineReader lines;
    private final QmpListener listener;
    private final PendingCommands pending = new PendingCommands();
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicReference<Optional<String>> endReason = new AtomicReference<>(NOT_ENDED);

    private QmpConnection(SocketChannel channel, QmpListener listener) {
        this.channel = channel;
        this.lines = new LineReader(channel);
        this.listener = listener;
    }

    /**
     * Begins to connect and returns at once; the first command waits until QEMU has greeted.
     *
     * @param name for the reading thread
     * @throws VmException unavailable where there can be no socket at all
     */
    public static QmpConnection open(Path socket, String name, QmpListener listener) {
        QmpConnection connection = new QmpConnection(newChannel(), listener);
        Thread.ofVirtual().name("qmp-" + name).start(() -> connection.serve(socket));
        return connection;
    }

    private static SocketChannel newChannel() {
        try {
            return SocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (IOException e) {
            throw VmException.unavailable("no socket for QEMU's monitor", e);
        }
    }

    /** Whether commands can still be sent. */
    public boolean isOpen() {
        return endReason.get().isEmpty();
    }

    /** Sends a command without arguments; see {@link #execute(String, ObjectNode, Duration)}. */
    public JsonNode execute(String command, Duration limit) {
        return execute(command, JSON.createObjectNode(), limit);
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @return what QEMU returns, often an empty object
     * @throws VmException unavailable where no reply comes within {@code limit}; failed where QEMU
     *     refuses
     */
    public JsonNode execute(String command, ObjectNode arguments, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        await(ready, command, limit);
        PendingCommands.Pending sent = pending.add(command);
        try {
            send(request(command, sent.id(), arguments));
        } catch (IOException e) {
            lose("cannot write to QEMU's monitor: " + e.getMessage());
        }
        // The reader may have failed all waiting commands just before this one was added.
        endReason.get().ifPresent(why -> sent.reply().completeExceptionally(lost(why)));
        return await(sent.reply(), command, Duration.ofNanos(end - System.nanoTime()));
    }

    private static <T> T await(CompletableFuture<T> future, String command, Duration limit) {
        try {
            return future.get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw VmException.unavailable("QEMU did not answer " + command + " in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VmException.unavailable("interrupted while waiting for " + command, e);
        } catch (ExecutionException e) {
            throw failed(command, e.getCause());
        }
    }

    private static VmException failed(String command, @Nullable Throwable cause) {
        if (cause instanceof QmpRefusal refusal) {
            return VmException.vmmFailed(
                    "QEMU refused %s: %s".formatted(command, refusal.getMessage()), refusal);
        }
        String why = cause == null ? "unknown" : cause.getMessage();
        return VmException.unavailable("QEMU did not answer %s: %s".formatted(command, why));
    }

    private static ObjectNode request(String command, long id, ObjectNode arguments) {
        ObjectNode request = JSON.createObjectNode().put("execute", command).put("id", id);
        if (!arguments.isEmpty()) {
            request.set("arguments", arguments);
        }
        return request;
    }

    private void send(ObjectNode request) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
        writing.lock();
        try {
            while (bytes.hasRemaining()) {
                int _ = channel.write(bytes);
            }
        } finally {
            writing.unlock();
        }
    }

    private void serve(Path socket) {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            shakeHands();
            while (true) {
                dispatch(read());
            }
        } catch (IOException | JacksonException | QmpRefusal e) {
            lose(Optional.ofNullable(e.getMessage()).orElse(e.toString()));
        } catch (RuntimeException e) {
            log.error("QMP connection ended by an error of ours", e);
            lose(e.toString());
        }
    }

    private void shakeHands() throws IOException, QmpRefusal {
        JsonNode greeting = read();
        if (!greeting.has("QMP")) {
            throw new IOException("not greeted by QEMU but with: " + greeting);
        }
        send(request(NEGOTIATE, 0, JSON.createObjectNode()));
        JsonNode message = read();
        while (!isReply(message)) {
            dispatch(message);
            message = read();
        }
        if (message.has("error")) {
            throw new QmpRefusal(message.path("error"));
        }
        listener.ready();
        ready.complete(true);
    }

    private JsonNode read() throws IOException {
        String line = lines.next();
        while (line.isEmpty()) {
            line = lines.next();
        }
        return JSON.readTree(line);
    }

    private static boolean isReply(JsonNode message) {
        return message.has("return") || message.has("error");
    }

    private void dispatch(JsonNode message) {
        if (message.has("event")) {
            listener.event(new QmpEvent(message.path("event").asString(""), message.path("data")));
        } else if (isReply(message)) {
            pending.take(message.path("id").asLong(-1))
                    .ifPresentOrElse(
                            reply -> complete(reply, message),
                            () -> log.warn("QMP reply to no command of ours: {}", message));
        } else {
            log.warn("QMP message of an unknown kind: {}", message);
        }
    }

    private static void complete(CompletableFuture<JsonNode> reply, JsonNode message) {
        if (message.has("error")) {
            reply.completeExceptionally(new QmpRefusal(message.path("error")));
        } else {
            reply.complete(message.path("return"));
        }
    }

    private void lose(String reason) {
        if (end(reason)) {
            listener.lost(reason);
        }
    }

    /** Whether this ended it. */
    private boolean end(String reason) {
        if (!endReason.compareAndSet(NOT_ENDED, Optional.of(reason))) {
            return false;
        }
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("closing a QMP connection", e);
        }
        ready.completeExceptionally(lost(reason));
        pending.failAll(lost(reason));
        return true;
    }

    private static VmException lost(String reason) {
        return VmException.unavailable("QEMU's monitor is lost: " + reason);
    }

    /** Ends the connection without telling the listener; QEMU lives on. */
    @Override
    public void close() {
        boolean _ = end("it was closed");
    }
}
