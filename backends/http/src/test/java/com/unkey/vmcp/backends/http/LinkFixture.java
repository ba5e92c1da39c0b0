package com.unkey.vmcp.backends.http;

import com.unkey.vmcp.backends.http.ScriptedServer.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A link, the server at its other end, and a directory for the socket; each test has its own. */
final class LinkFixture implements AutoCloseable {

    static final HttpRequest PING = HttpRequest.get("/api/v1/vmm.ping");
    static final HttpRequest BOOT = HttpRequest.put("/api/v1/vm.boot");

    /** For what must not time out. */
    static final Duration LONG = Duration.ofSeconds(20);

    /** For what must. */
    static final Duration SHORT = Duration.ofMillis(200);

    private final List<ScriptedServer> servers = new ArrayList<>();
    private final Path directory;
    final HttpLinks links = HttpLinks.start();
    final AtomicInteger lost = new AtomicInteger();
    final HttpLink link;

    LinkFixture() throws IOException {
        this.directory = Files.createTempDirectory("link");
        this.link = links.open(socket(), lost::incrementAndGet);
    }

    Path socket() {
        return directory.resolve("api.sock");
    }

    ScriptedServer serve(Script script) throws IOException {
        ScriptedServer server = ScriptedServer.start(socket(), script);
        servers.add(server);
        return server;
    }

    /** Answers every request in the same way. */
    ScriptedServer serveAlways(int status, String body) throws IOException {
        return serve(
                client -> {
                    while (true) {
                        client.request();
                        client.answer(status, body);
                    }
                });
    }

    @Override
    public void close() throws IOException {
        links.close();
        for (ScriptedServer server : servers) {
            server.close();
        }
        Files.deleteIfExists(socket());
        Files.delete(directory);
    }
}
