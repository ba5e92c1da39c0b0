package com.unkey.vmcp.rpc;

import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** A client that writes and reads bytes, whatever they mean. */
final class Wire implements AutoCloseable {

    private final Socket socket;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout((int) Await.LIMIT.toMillis());
        socket.setTcpNoDelay(true);
    }

    static Wire to(int port) throws IOException {
        return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
        return this;
    }

    /** All that comes until the other side closes. */
    String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** One response with a length, as HTTP/1.1 writes it: its head and its body. */
    String response() throws IOException {
        StringBuilder text = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (text.indexOf("\r\n\r\n") < 0) {
            text.append(next(in));
        }
        int length =
                text.toString()
                        .toLowerCase(Locale.ROOT)
                        .lines()
                        .filter(line -> line.startsWith("content-length: "))
                        .mapToInt(line -> Integer.parseInt(line.substring(16)))
                        .findFirst()
                        .orElse(0);
        for (int i = 0; i < length; i++) {
            text.append(next(in));
        }
        return text.toString();
    }

    private static char next(InputStream in) throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new IOException("closed in the middle of a response");
        }
        return (char) octet;
    }

    void timeout(Duration limit) throws IOException {
        socket.setSoTimeout((int) limit.toMillis());
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
