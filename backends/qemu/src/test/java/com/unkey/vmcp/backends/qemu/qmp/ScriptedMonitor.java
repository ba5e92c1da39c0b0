package com.unkey.vmcp.backends.qemu.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A QEMU monitor that does what it is told, on the test's own thread. */
final class ScriptedMonitor implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path socket;
    private final ServerSocketChannel server;
    private SocketChannel client;
    private LineReader lines;

    ScriptedMonitor(Path socket) throws IOException {
        this.socket = socket;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
    }

    Path socket() {
        return socket;
    }

    /** Takes a client and greets it. */
    void accept() throws IOException {
        client = server.accept();
        lines = new LineReader(client);
        say("{\"QMP\":{\"version\":{},\"capabilities\":[\"oob\"]}}");
        say("{\"return\":{},\"id\":" + expect("qmp_capabilities") + "}");
    }

    /** Reads one command, which must be {@code command}; returns its id. */
    long expect(String command) throws IOException {
        JsonNode request = JSON.readTree(lines.next());
        assertThat(request.path("execute").asString()).isEqualTo(command);
        return request.path("id").asLong();
    }

    void say(String line) throws IOException {
        write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    void flood(int bytes) {
        byte[] noise = " ".repeat(bytes).getBytes(StandardCharsets.UTF_8);
        try {
            write(noise);
        } catch (IOException e) {
            assertThat(e).as("the other end may hang up before the end").isNotNull();
        }
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            client.write(buffer);
        }
    }

    void hangUp() throws IOException {
        client.close();
    }

    @Override
    public void close() throws IOException {
        if (client != null) {
            client.close();
        }
        server.close();
    }
}
