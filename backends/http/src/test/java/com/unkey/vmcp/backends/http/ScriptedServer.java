package com.unkey.vmcp.backends.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on a unix socket that says what a test wants it to, byte by byte. */
final class ScriptedServer implements AutoCloseable {

    /** What is done with one client, on a thread of its own; returning hangs up. */
    @FunctionalInterface
    interface Script {
        void serve(Client client) throws Exception;
    }

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)\r\n");

    private final ServerSocketChannel listener;
    private final Script script;
    private final AtomicInteger clients = new AtomicInteger();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();

    private ScriptedServer(ServerSocketChannel listener, Script script) {
        this.listener = listener;
        this.script = script;
    }

    static ScriptedServer start(Path socket, Script script) throws IOException {
        var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket), 512);
        ScriptedServer server = new ScriptedServer(listener, script);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                open.add(channel);
                Client client = new Client(channel, clients.incrementAndGet());
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Client client) {
        try (SocketChannel _ = client.channel) {
            script.serve(client);
        } catch (Exception e) {
            // The client hung up; what it makes of it is what tests look at.
        }
    }

    /** Connections so far. */
    int clients() {
        return clients.get();
    }

    /** Requests as they came in, head and body, of all clients. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SocketChannel channel : open) {
            channel.close();
        }
    }

    /** The server's end of one connection. */
    final class Client {

        private final SocketChannel channel;
        private final int number;
        private final ByteBuffer one = ByteBuffer.allocate(1);

        private Client(SocketChannel channel, int number) {
            this.channel = channel;
            this.number = number;
        }

        /** 1 for the first client. */
        int number() {
            return number;
        }

        /** The next request, head and body. */
        String request() throws IOException {
            StringBuilder request = new StringBuilder();
            while (request.indexOf("\r\n\r\n") < 0) {
                request.append(next());
            }
            Matcher length = LENGTH.matcher(request);
            int left = length.find() ? Integer.parseInt(length.group(1)) : 0;
            for (int i = 0; i < left; i++) {
                request.append(next());
            }
            requests.add(request.toString());
            return request.toString();
        }

        private char next() throws IOException {
            one.clear();
            if (channel.read(one) < 0) {
                throw new EOFException();
            }
            return (char) one.get(0);
        }

        /** Says exactly this. */
        Client say(String words) {
            ByteBuffer bytes = ByteBuffer.wrap(words.getBytes(StandardCharsets.UTF_8));
            try {
                while (bytes.hasRemaining()) {
                    int _ = channel.write(bytes);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        /** Says an answer as micro-http does: no reason phrase, a length. */
        Client answer(int status, String body) {
            int length = body.getBytes(StandardCharsets.UTF_8).length;
            return say(
                    "HTTP/1.1 %d \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\n"
                                    .formatted(status)
                            + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                                    .formatted(length, body));
        }

        /** Returns when the client has hung up. */
        void awaitEnd() throws IOException {
            while (true) {
                one.clear();
                if (channel.read(one) < 0) {
                    return;
                }
            }
        }
    }
}
