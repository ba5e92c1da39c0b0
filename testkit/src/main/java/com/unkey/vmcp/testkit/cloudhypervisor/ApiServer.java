package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.cloudhypervisor.FakeFaults.Fault;
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

/**
 * Serves the API on a socket: up to ten connections, one request at a time in the order they came.
 * Faults strike here, since they are about requests and answers.
 */
final class ApiServer {

    /** What answers requests and what ends the process. */
    interface Handler {
        HttpReply answer(HttpRequest request);

        /** Called after the answer to the request is on its way. */
        void answered(HttpRequest request, HttpReply reply);

        /** The process is to vanish amid the request. */
        void crash();
    }

    static final int MAX_CONNECTIONS = 10;

    private final ServerSocketChannel server;
    private final Handler handler;
    private final FakeFaults faults;
    private final ReentrantLock oneAtATime = new ReentrantLock(true);
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    private ApiServer(ServerSocketChannel server, Handler handler, FakeFaults faults) {
        this.server = server;
        this.handler = handler;
        this.faults = faults;
    }

    /** Binds the socket, which must not be there, and serves it. */
    static ApiServer start(Path socket, Handler handler, FakeFaults faults) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(socket));
            OwnFiles.restrict(socket);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        ApiServer server = new ApiServer(channel, handler, faults);
        Thread.ofVirtual().name("http-server").start(server::accept);
        return server;
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
        RequestParser parser = new RequestParser();
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
            Optional<Fault> fault = faults.take(request.endpoint());
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
                    respond(connection, request, HttpReply.bare(status, body));
        }
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

    /** Ends all connections; the socket stays as a file. */
    void close() {
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
