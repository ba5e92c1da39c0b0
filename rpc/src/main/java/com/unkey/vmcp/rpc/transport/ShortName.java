package com.unkey.vmcp.rpc.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A path by which a unix socket can be bound or reached. Linux takes 107 bytes and the JDK 106; a
 * longer one is reached through a link in the directory for temporary files.
 */
final class ShortName implements AutoCloseable {

    private static final int MAX_BYTES = 106;

    private final Path path;
    private final Optional<Path> link;

    private ShortName(Path path, Optional<Path> link) {
        this.path = path;
        this.link = link;
    }

    /** Of a socket that is to come into being. */
    static ShortName toBind(Path directory, String name) throws IOException {
        Path socket = directory.resolve(name);
        if (isShort(socket)) {
            return new ShortName(socket, Optional.empty());
        }
        Path link = linkTo(directory);
        return new ShortName(link.resolve(name), Optional.of(link));
    }

    /** Of a socket that is there. */
    static ShortName toConnect(Path socket) throws IOException {
        if (isShort(socket)) {
            return new ShortName(socket, Optional.empty());
        }
        Path link = linkTo(socket);
        return new ShortName(link, Optional.of(link));
    }

    private static boolean isShort(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    private static Path linkTo(Path target) throws IOException {
        Path link = Files.createTempDirectory("socket-").resolve("l");
        return Files.createSymbolicLink(link, target.toAbsolutePath());
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        if (link.isPresent()) {
            Files.deleteIfExists(link.get());
            Files.deleteIfExists(link.get().getParent());
        }
    }
}
