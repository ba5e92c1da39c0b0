package com.unkey.vmcp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.rpc.tls.Authority;
import com.unkey.vmcp.rpc.tls.PemDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The listener on a unix socket, beside the port. */
class UnixSocketTest {

    private static final String GET_HEALTH =
            "GET /_/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

    @TempDir Path directory;

    @Test
    void everythingIsServedThereToo() throws Exception {
        Path path = directory.resolve("vmm.sock");
        try (RunningServer running = on(path)) {
            assertThat(ask(path, GET_HEALTH)).startsWith("HTTP/1.1 200").contains("healthy");
            assertThat(
                            ask(
                                    path,
                                    """
                                    POST /vmm.v1.VmService/ListVms HTTP/1.1\r
                                    host: x\r
                                    connection: close\r
                                    content-type: application/json\r
                                    content-length: 2\r
                                    \r
                                    {}"""))
                    .startsWith("HTTP/1.1 200")
                    .contains("total_count");
            assertThat(running.server.port()).isPositive();
        }
    }

    /** A client that begins with the preface of HTTP/2 gets the server's settings. */
    @Test
    void http2IsSpokenThereToo() throws Exception {
        Path path = directory.resolve("vmm.sock");
        try (RunningServer _ = on(path);
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            write(client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
            ByteBuffer frame = ByteBuffer.allocate(9);
            while (frame.hasRemaining() && client.read(frame) >= 0) {}
            assertThat(frame.get(3)).as("type SETTINGS").isEqualTo((byte) 4);
        }
    }

    @Test
    void onlyOwnerAndGroupMayConnectAndNothingElseStaysBehind() throws Exception {
        Path path = directory.resolve("vmm.sock");
        try (RunningServer _ = on(path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw----");
            assertThat(entries()).containsExactly("vmm.sock");
        }
        assertThat(entries()).isEmpty();
    }

    @Test
    void aSocketThatNobodyListensOnIsReplaced() throws Exception {
        Path path = directory.resolve("vmm.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path))
                .close();
        assertThat(path).exists();

        try (RunningServer _ = on(path)) {
            assertThat(ask(path, GET_HEALTH)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aSocketThatSomebodyListensOnIsLeftAlone() throws Exception {
        Path path = directory.resolve("vmm.sock");
        try (RunningServer _ = on(path)) {
            refused(path, "somebody else does");
            assertThat(ask(path, GET_HEALTH)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void whatIsNoSocketIsLeftAlone() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "precious");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);

        refused(file, "not a socket");
        refused(link, "not a socket");
        refused(directory, "not a socket");
        assertThat(file).content().isEqualTo("precious");
        assertThat(entries()).containsExactly("file", "link");
    }

    @Test
    void aPathMayHave107BytesAndNoMore() throws Exception {
        refused(directory.resolve("s".repeat(107 - length(directory))), "has 108 bytes");

        longest(directory, 106 - length(directory));
        longest(Files.createDirectory(directory.resolve("d".repeat(104 - length(directory)))), 1);
    }

    /** The JDK's clients know one byte less: this one goes through a link. */
    private void longest(Path parent, int nameLength) throws IOException {
        Path path = parent.resolve("s".repeat(nameLength));
        assertThat(length(path)).isEqualTo(107);
        Path link = Files.createTempDirectory("link").resolve("d");
        Files.createSymbolicLink(link, path);
        try (RunningServer _ = on(path)) {
            assertThat(ask(link, GET_HEALTH)).startsWith("HTTP/1.1 200");
            refused(path, "somebody else does");
        } finally {
            Files.delete(link);
            Files.delete(link.getParent());
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        refused(directory.resolve("none").resolve("s"), "no directory " + directory);
    }

    /** Whoever takes over the path keeps it. */
    @Test
    void aSocketThatIsNoLongerOursStays() throws Exception {
        Path path = directory.resolve("vmm.sock");
        RunningServer first = on(path);
        Files.delete(path);
        try (RunningServer _ = on(path)) {
            first.close();
            assertThat(ask(path, GET_HEALTH)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void thePortsCertificateIsThePortsAlone() throws Exception {
        Path path = directory.resolve("vmm.sock");
        Authority authority = new Authority("root");
        PemDirectory pem =
                new PemDirectory(Files.createDirectory(directory.resolve("pem")))
                        .pair(authority.server("one"))
                        .clientCa(authority);
        try (RunningServer _ =
                new RunningServer(settings -> settings.socket(path).tls(pem.filesWithClientCa()))) {
            assertThat(ask(path, GET_HEALTH)).startsWith("HTTP/1.1 200");
        }
    }

    private static RunningServer on(Path path) throws IOException {
        return new RunningServer(settings -> settings.socket(path));
    }

    private static void refused(Path path, String reason) {
        assertThatThrownBy(() -> on(path).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(reason);
    }

    private static String ask(Path path, String request) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            write(client, request);
            ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
            while (client.read(answer) >= 0) {}
            return new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
        }
    }

    private static void write(SocketChannel client, String text) throws IOException {
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static int length(Path path) {
        return path.toString().length();
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
