package com.unkey.vmcp.testkit.microhttp;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Serves the API on a socket: up to ten connections, one request at a time in the order they came.
 * Faults strike here, since they are about requests and answers.
 */
public final class ApiServer {

    /**
     * What a VMM's build of the library lets through.
     *
     * @param methods HTTP methods that are known
     * @param bodyLimit bytes of a body at most
     */
    public record Rules(Set<String> methods, int bodyLimit) {
        /** What it lets through unless it is told otherwise. */
        public static final int BODY_LIMIT = 51_200;

        public Rules {
            methods = Set.copyOf(methods);
        }
    }

    /** What answers requests and what ends the process. */
    public interface Handler {
        /** By what name the server goes in its answers. */
        String name();

        /** The request's endpoint, by which faults are ordered. */
        String endpoint(HttpRequest request);

        HttpReply answer(HttpRequest request);

        /** Called after the answer to the request is on its way. */
        void answered(HttpRequest request, HttpReply reply);

        /** The process is to vanish amid the request. */
        void crash();
    }

    public static final int MAX_CONNECTIONS = 10;

    private final ServerSocketChannel server;
    private final Rules rules;
    private final Handler handler;
    private final Function<String, Optional<Fault>> faults;
    private final ReentrantLock oneAtATime = new ReentrantLock(true);
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    private ApiServer(
            ServerSocketChannel server,
            Rules rules,
            Handler handler,
            Function<String, Optional<Fault>> faults) {
        this.server = server;
        this.rules = rules;
        this.handler = handler;
        this.faults = faults;
    }

    /**
     * Binds the socket, which must not be there. Nothing is answered yet.
     *
     * @param faults gives what is to go wrong with the next request to an endpoint
     */
    public static ApiServer bind(
            Path socket, Rules rules, Handler handler, Function<String, Optional<Fault>> faults)
            throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return new ApiServer(channel, rules, handler, faults);
    }

    /** Serves the socket until the server is closed. */
    public void serve() {
        Thread.ofVirtual().name("http-server").start(this::accept);
    }

    private void accept() {
        try {
            while (server.isOpen()) {
                admit(server.accept());
            }
        } catch (IOException e) {
            close();
        }
    }

    private void admit(SocketChannel connection) throws IOException {
        if (connections.size() >= MAX_CONNECTIONS) {
            try (connection) {
                connection.write(ByteBuffer.wrap(HttpReply.TOO_MANY_CONNECTIONS));
            }
            return;
        }
        connections.add(connection);
        Thread.ofVirtual().name("http-connection").start(() -> serve(connection));
    }

    private void serve(SocketChannel connection) {
        RequestParser parser = new RequestParser(rules);
        try (connection) {
            ByteBuffer buffer = ByteBuffer.allocate(RequestParser.BUFFER);
            while (connection.read(buffer.clear().limit(parser.room())) >= 0) {
                take(connection, parser, Arrays.copyOf(buffer.array(), buffer.position()));
            }
        } catch (IOException e) {
            // The client is gone, or the server is: either way there is nobody to tell.
        } finally {
            connections.remove(connection);
        }
    }

    private void take(SocketChannel connection, RequestParser parser, byte[] bytes)
            throws IOException {
        try {
            RequestParser.Parsed parsed = parser.read(bytes);
            if (parsed.continueExpected()) {
                write(connection, HttpReply.goOn().bytes());
            }
            for (HttpRequest request : parsed.requests()) {
                handle(connection, request);
            }
        } catch (RequestParser.Malformed e) {
            write(connection, HttpReply.malformed(e.what()).bytes());
        }
    }

    private void handle(SocketChannel connection, HttpRequest request) throws IOException {
        oneAtATime.lock();
        try {
            Optional<Fault> fault = faults.apply(handler.endpoint(request));
            if (fault.isPresent()) {
                handle(connection, request, fault.get());
            } else {
                respond(connection, request, handler.answer(request));
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    private void respond(SocketChannel connection, HttpRequest request, HttpReply reply)
            throws IOException {
        write(connection, reply.bytes());
        handler.answered(request, reply);
    }

    private void handle(SocketChannel connection, HttpRequest request, Fault fault)
            throws IOException {
        switch (fault) {
            case Fault.DelayBefore(Duration time) -> {
                rest(time);
                respond(connection, request, handler.answer(request));
            }
            case Fault.DelayAnswer(Duration time) -> {
                HttpReply reply = handler.answer(request);
                rest(time);
                respond(connection, request, reply);
            }
            case Fault.CrashBefore() -> handler.crash();
            case Fault.CrashAfter() -> {
                handler.answer(request);
                handler.crash();
            }
            case Fault.HalfAnswerThenEnd() -> {
                half(connection, handler.answer(request));
                connection.close();
            }
            case Fault.HalfAnswerThenSilence() -> half(connection, handler.answer(request));
            case Fault.Refuse(int status, String body) ->
                    respond(connection, request, answer(status, body));
        }
    }

    private HttpReply answer(int status, String body) {
        return new HttpReply(status, handler.name(), body);
    }

    private static void half(SocketChannel connection, HttpReply reply) throws IOException {
        byte[] bytes = reply.bytes();
        write(connection, Arrays.copyOf(bytes, bytes.length / 2));
    }

    /** Waits, though not longer than the process lives. */
    private void rest(Duration time) throws IOException {
        try {
            if (closed.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the process has ended meanwhile");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void write(SocketChannel connection, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            connection.write(left);
        }
    }

    /** Runs this while no request is being answered. */
    public void betweenRequests(Runnable step) {
        oneAtATime.lock();
        try {
            step.run();
        } finally {
            oneAtATime.unlock();
        }
    }

    /** Ends all connections; the socket stays as a file. */
    public void close() {
        closed.countDown();
        try {
            server.close();
            for (SocketChannel connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("a socket cannot be closed", e);
        }
    }
}
