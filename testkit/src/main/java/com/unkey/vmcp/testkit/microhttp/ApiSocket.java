package com.unkey.vmcp.testkit.microhttp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One connection to a VMM's API, byte for byte: no retry, no leniency. Every wait ends after {@link
 * #LIMIT}. For one thread.
 */
public final class ApiSocket implements AutoCloseable {

    public static final Duration LIMIT = Duration.ofSeconds(10);

    private static final String END_OF_HEAD = "\r\n\r\n";

    private final String prefix;
    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer chunk = ByteBuffer.allocate(8192);
    private final StringBuilder unread = new StringBuilder();

    private ApiSocket(String prefix, SocketChannel channel, Selector selector) {
        this.prefix = prefix;
        this.channel = channel;
        this.selector = selector;
    }

    /**
     * Connects to a socket that is served.
     *
     * @param prefix what every path of the API begins with, such as {@code /}
     */
    public static ApiSocket connect(Path socket, String prefix) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            return new ApiSocket(prefix, channel, selector);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    public ApiReply get(String endpoint) throws IOException {
        return request("GET", endpoint, "");
    }

    /** A PUT without a body. */
    public ApiReply put(String endpoint) throws IOException {
        return request("PUT", endpoint, "");
    }

    /** A PUT with a body; an empty one is none. */
    public ApiReply put(String endpoint, String body) throws IOException {
        return request("PUT", endpoint, body);
    }

    public ApiReply request(String method, String endpoint, String body) throws IOException {
        String length =
                body.isEmpty()
                        ? ""
                        : "Content-Type: application/json\r\nContent-Length: "
                                + body.getBytes(StandardCharsets.UTF_8).length
                                + "\r\n";
        send(
                method
                        + " "
                        + prefix
                        + endpoint
                        + " HTTP/1.1\r\nHost: vmm\r\n"
                        + length
                        + "\r\n"
                        + body);
        return read();
    }

    public void send(String raw) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(raw.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    /** The next answer, whole. */
    public ApiReply read() throws IOException {
        int end = fillTo(END_OF_HEAD);
        List<String> head = unread.substring(0, end).lines().toList();
        unread.delete(0, end + END_OF_HEAD.length());
        int length =
                new ApiReply(head, "").header("content-length").map(Integer::parseInt).orElse(0);
        while (unread.length() < length) {
            fill();
        }
        String body = unread.substring(0, length);
        unread.delete(0, length);
        return new ApiReply(head, body);
    }

    /** All that comes until the other side ends the connection. */
    public String readToEnd() throws IOException {
        boolean open = true;
        while (open) {
            open = fillOrEnd();
        }
        String rest = unread.toString();
        unread.setLength(0);
        return rest;
    }

    private int fillTo(String mark) throws IOException {
        int found = unread.indexOf(mark);
        while (found < 0) {
            fill();
            found = unread.indexOf(mark);
        }
        return found;
    }

    private void fill() throws IOException {
        if (!fillOrEnd()) {
            throw new IOException("the connection ended after: " + unread);
        }
    }

    private boolean fillOrEnd() throws IOException {
        selector.selectedKeys().clear();
        if (selector.select(LIMIT.toMillis()) == 0) {
            throw new IOException("nothing came for " + LIMIT + " after: " + unread);
        }
        int count = channel.read(chunk.clear());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(chunk.array(), 0, Math.max(count, 0));
        unread.append(bytes.toString(StandardCharsets.ISO_8859_1));
        return count >= 0;
    }

    @Override
    public void close() throws IOException {
        try (selector;
                channel) {
            unread.setLength(0);
        }
    }
}
