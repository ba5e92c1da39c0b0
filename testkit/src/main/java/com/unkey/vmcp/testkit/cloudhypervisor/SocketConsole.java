package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.OwnFiles;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A serial port on a socket: one client at a time, a new one ends the old one's connection. What
 * nobody reads is kept, the newest 1 MiB of it, for the client that comes.
 */
final class SocketConsole implements Console {

    private static final int KEPT = 1 << 20;

    private final Path path;
    private final ServerSocketChannel server;
    private @Nullable SocketChannel client;
    private byte[] unread = new byte[0];

    private SocketConsole(Path path, ServerSocketChannel server) {
        this.path = path;
        this.server = server;
    }

    /** Fails with {@link BindException} where the path is there already, whatever it is. */
    static SocketConsole bind(Path path) throws IOException {
        if (Files.exists(path)) {
            throw new BindException("Address already in use (os error 98)");
        }
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        OwnFiles.restrict(path);
        SocketConsole console = new SocketConsole(path, server);
        Thread.ofVirtual().name("serial-manager").start(console::accept);
        return console;
    }

    private void accept() {
        try {
            while (server.isOpen()) {
                serve(server.accept());
            }
        } catch (IOException e) {
            dropClient();
        }
    }

    private synchronized void serve(SocketChannel next) throws IOException {
        dropClient();
        next.configureBlocking(false);
        client = next;
        flush();
    }

    @Override
    public synchronized void print(byte[] text) {
        byte[] all = Arrays.copyOf(unread, unread.length + text.length);
        System.arraycopy(text, 0, all, unread.length, text.length);
        unread = Arrays.copyOfRange(all, Math.max(0, all.length - KEPT), all.length);
        flush();
    }

    private void flush() {
        SocketChannel now = client;
        if (now == null) {
            return;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(unread);
            now.write(bytes);
            unread = Arrays.copyOfRange(unread, bytes.position(), unread.length);
        } catch (IOException e) {
            dropClient();
        }
    }

    private synchronized void dropClient() {
        SocketChannel old = client;
        client = null;
        if (old != null) {
            try {
                old.close();
            } catch (IOException e) {
                unread = new byte[0];
            }
        }
    }

    /** Ends the connections and removes the socket. */
    @Override
    public void close() throws IOException {
        abandon();
        Files.deleteIfExists(path);
    }

    /** Ends the connections and leaves the socket behind, as the death of a process does. */
    void abandon() throws IOException {
        server.close();
        dropClient();
    }
}
