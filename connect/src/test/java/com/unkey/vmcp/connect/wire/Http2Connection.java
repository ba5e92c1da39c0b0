package com.unkey.vmcp.connect.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * HTTP/2 frame by frame, without TLS: nothing is mended on the way, and nothing is read or
 * acknowledged unless a test reads. For one thread.
 */
public final class Http2Connection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;
    private static final int LARGEST_FRAME = 16_384;
    private static final Set<String> OF_THE_CONNECTION = Set.of("connection", "transfer-encoding");

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 0x1;
    private static final int ACK = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;

    public static final int CANCEL = 8;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Http2HeadersEncoder encoder =
            new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
    private final DefaultHttp2HeadersDecoder decoder =
            new DefaultHttp2HeadersDecoder(false, 1 << 20);
    private final Map<Integer, Http2Stream> streams = new HashMap<>();
    private final ByteBuf block = Unpooled.buffer();
    private boolean opensWindows = true;
    private String goodbye = "";
    private int nextStream = 1;

    public Http2Connection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(UTF_8));
        write(SETTINGS, 0, 0, new byte[0]);
    }

    /** One request on a connection of its own. */
    public static WireAnswer exchange(int port, WireRequest request) throws IOException {
        try (Http2Connection connection = new Http2Connection(port)) {
            return connection.answer(connection.send(request));
        }
    }

    /** Lets the other side run into its windows: what is read does not widen them. */
    public void keepWindowsClosed() {
        opensWindows = false;
    }

    /** Widens the window of a stream and that of the connection. */
    public void openWindow(int stream, int bytes) throws IOException {
        byte[] increment = ByteBuffer.allocate(4).putInt(bytes).array();
        write(WINDOW_UPDATE, 0, 0, increment);
        write(WINDOW_UPDATE, 0, stream, increment);
    }

    /** Sends a whole request; the number of its stream. */
    public int send(WireRequest request) throws IOException {
        int stream = open(request, request.body().isEmpty());
        if (!request.body().isEmpty()) {
            data(stream, request.body().toByteArray(), true);
        }
        return stream;
    }

    /** Sends the headers of a request. */
    public int open(WireRequest request, boolean end) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        streams.put(stream, new Http2Stream());
        byte[] head = encoded(stream, request);
        int type = HEADERS;
        for (int from = 0; from < head.length; from += LARGEST_FRAME) {
            int to = Math.min(head.length, from + LARGEST_FRAME);
            int flags = to == head.length ? END_HEADERS : 0;
            flags |= type == HEADERS && end ? END_STREAM : 0;
            write(type, flags, stream, Arrays.copyOfRange(head, from, to));
            type = CONTINUATION;
        }
        return stream;
    }

    private byte[] encoded(int stream, WireRequest request) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        headers.add(":method", request.method());
        headers.add(":scheme", "http");
        headers.add(":path", octets(request.path()));
        headers.add(":authority", "golden.test");
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!OF_THE_CONNECTION.contains(name)) {
                headers.add(name, octets(header.getValue()));
            }
        }
        return encoded(stream, headers);
    }

    private byte[] encoded(int stream, Http2Headers headers) {
        ByteBuf encoded = Unpooled.buffer();
        try {
            encoder.encodeHeaders(stream, headers, encoded);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
        return ByteBufUtil.getBytes(encoded);
    }

    /** Ends a request by trailers. */
    public void trailers(int stream, Map<String, String> trailers) throws IOException {
        Http2Headers headers = new DefaultHttp2Headers(false);
        trailers.forEach(headers::add);
        write(HEADERS, END_HEADERS | END_STREAM, stream, encoded(stream, headers));
    }

    /** UTF-8, one character for each byte, as the encoder takes it. */
    private static String octets(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    public void data(int stream, byte[] bytes, boolean end) throws IOException {
        int from = 0;
        do {
            int to = Math.min(bytes.length, from + LARGEST_FRAME);
            int flags = end && to == bytes.length ? END_STREAM : 0;
            write(DATA, flags, stream, Arrays.copyOfRange(bytes, from, to));
            from = to;
        } while (from < bytes.length);
    }

    public void reset(int stream) throws IOException {
        write(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL});
    }

    private void write(int type, int flags, int stream, byte[] payload) throws IOException {
        byte[] frame =
                ByteBuffer.allocate(9 + payload.length)
                        .putInt(payload.length << 8 | type)
                        .put((byte) flags)
                        .putInt(stream)
                        .put(payload)
                        .array();
        out.write(frame);
    }

    /** Reads until the stream has ended. */
    public WireAnswer answer(int stream) throws IOException {
        return await(stream, Http2Stream::isEnded);
    }

    /** Reads until the headers of the answer are there. */
    public WireAnswer head(int stream) throws IOException {
        return await(stream, Http2Stream::isAnswered);
    }

    /** Reads until so many bytes of the answer are there. */
    public WireAnswer bytes(int stream, int count) throws IOException {
        return await(stream, s -> s.received() >= count);
    }

    /** What has been read of a stream by now. */
    public WireAnswer soFar(int stream) {
        return streams.get(stream).answer();
    }

    private WireAnswer await(int stream, Predicate<Http2Stream> enough) throws IOException {
        Http2Stream state = streams.get(stream);
        while (!enough.test(state) && !state.isEnded()) {
            if (!goodbye.isEmpty()) {
                state.reset(goodbye);
            } else {
                readFrame();
            }
        }
        return state.answer();
    }

    private void readFrame() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & 0x7fffffff;
        byte[] payload = in.readNBytes(length);
        switch (type) {
            case DATA -> takeData(stream, flags, payload);
            case HEADERS, CONTINUATION -> takeHeaders(stream, type, flags, payload);
            case RST_STREAM -> state(stream).reset("RST " + ByteBuffer.wrap(payload).getInt());
            case SETTINGS -> acknowledge(SETTINGS, flags, new byte[0]);
            case PING -> acknowledge(PING, flags, payload);
            case GOAWAY -> goodbye = "GOAWAY " + ByteBuffer.wrap(payload).getInt(4);
            default -> {}
        }
    }

    private Http2Stream state(int stream) {
        return streams.computeIfAbsent(stream, _ -> new Http2Stream());
    }

    private void acknowledge(int type, int flags, byte[] payload) throws IOException {
        if ((flags & ACK) == 0) {
            write(type, ACK, 0, payload);
        }
    }

    private void takeData(int stream, int flags, byte[] payload) throws IOException {
        if ((flags & PADDED) != 0) {
            throw new IOException("padding is not expected");
        }
        Http2Stream state = state(stream);
        state.data(payload);
        if ((flags & END_STREAM) != 0) {
            state.end();
        }
        if (opensWindows && payload.length > 0) {
            openWindow(stream, payload.length);
        }
    }

    private void takeHeaders(int stream, int type, int flags, byte[] payload) throws IOException {
        block.writeBytes(payload);
        boolean ends = type == HEADERS && (flags & END_STREAM) != 0;
        if ((flags & END_HEADERS) == 0) {
            throw new IOException("headers in several frames are not expected");
        }
        Http2Stream state = state(stream);
        state.headers(decoded(stream));
        if (ends) {
            state.end();
        }
    }

    private Map<String, List<String>> decoded(int stream) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>();
        try {
            for (var header : decoder.decodeHeaders(stream, block)) {
                String value = header.getValue().toString();
                headers.computeIfAbsent(header.getKey().toString(), _ -> new ArrayList<>())
                        .add(new String(value.getBytes(ISO_8859_1), UTF_8));
            }
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        block.clear();
        return headers;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
