package com.unkey.vmcp.connect.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP/1.1 byte by byte: nothing is mended on the way. */
public final class Http1Connection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    public Http1Connection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** One request on a connection of its own. */
    public static WireAnswer exchange(int port, WireRequest request) throws IOException {
        try (Http1Connection connection = new Http1Connection(port)) {
            connection.send(request);
            return connection.read(request.method());
        }
    }

    public void send(WireRequest request) throws IOException {
        send(bytes(request));
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    private static byte[] bytes(WireRequest request) {
        StringBuilder head = new StringBuilder();
        head.append(request.method()).append(' ').append(request.path());
        head.append(" HTTP/1.1\r\nHost: golden.test\r\n");
        request.headers().forEach(h -> line(head, h.getKey(), h.getValue()));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] body = request.body().toByteArray();
        if (request.header("Transfer-Encoding").equalsIgnoreCase("chunked")) {
            head.append("\r\n").append(Integer.toHexString(body.length)).append("\r\n");
            all.writeBytes(head.toString().getBytes(UTF_8));
            all.writeBytes(body);
            all.writeBytes("\r\n0\r\n\r\n".getBytes(UTF_8));
            return all.toByteArray();
        }
        if (body.length > 0 || request.method().equals("POST")) {
            line(head, "Content-Length", Integer.toString(body.length));
        }
        all.writeBytes(head.append("\r\n").toString().getBytes(UTF_8));
        all.writeBytes(body);
        return all.toByteArray();
    }

    private static void line(StringBuilder to, String name, String value) {
        to.append(name).append(": ").append(value).append("\r\n");
    }

    /** The next answer; {@code method} is what it answers, as those to HEAD have no body. */
    public WireAnswer read(String method) throws IOException {
        String statusLine = readLine();
        if (statusLine.isEmpty()) {
            return new WireAnswer(0, "closed", Map.of(), ByteString.EMPTY, Map.of());
        }
        int status = Integer.parseInt(statusLine.split(" ", 3)[1]);
        Map<String, List<String>> headers = readHeaders();
        Map<String, List<String>> trailers = Map.of();
        byte[] body = new byte[0];
        if (headers.getOrDefault("transfer-encoding", List.of()).contains("chunked")) {
            body = readChunks();
            trailers = readHeaders();
        } else if (status >= 200 && !method.equals("HEAD")) {
            body = readWhole(headers);
        }
        return new WireAnswer(status, "", headers, ByteString.copyFrom(body), trailers);
    }

    private byte[] readWhole(Map<String, List<String>> headers) throws IOException {
        List<String> length = headers.get("content-length");
        return length == null
                ? in.readAllBytes()
                : in.readNBytes(Integer.parseInt(length.getFirst()));
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = readLine();
            if (line.isEmpty()) {
                throw new IOException("the answer broke off after " + body.size() + " bytes");
            }
            int length = Integer.parseInt(line, 16);
            if (length == 0) {
                return body.toByteArray();
            }
            body.writeBytes(in.readNBytes(length));
            readLine();
        }
    }

    private Map<String, List<String>> readHeaders() throws IOException {
        Map<String, List<String>> headers = new TreeMap<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(
                            line.substring(0, colon).toLowerCase(Locale.ROOT),
                            _ -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return headers;
    }

    /** A line without its end; empty at the end of the stream. */
    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.write(c);
        }
        return line.toString(UTF_8).stripTrailing();
    }

    /** Whether the other side has ended the connection; waits for it. */
    public boolean isEnded() {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            return e.getMessage() != null && e.getMessage().contains("reset");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
