package com.unkey.vmcp.rpc.transport;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The path of a unix socket, from the check that it is free to its removal. The socket is bound in
 * a directory that nobody else may enter and gets its mode there; only then it is linked to its
 * path, which fails where somebody else was faster.
 */
final class UnixSocket implements AutoCloseable {

    /** {@code sun_path} has 108 bytes with the one that ends it. */
    private static final int MAX_PATH_BYTES = 107;

    /** Of the socket, where it is bound. */
    private static final String NAME = "s";

    private static final String MODE = "rw-rw----";
    private static final int TYPE_MASK = 0xf000;
    private static final int TYPE_SOCKET = 0xc000;

    private final Path path;
    private final Path workshop;
    private final ShortName shortName;
    private @Nullable Object identity;

    private UnixSocket(Path path, Path workshop, ShortName shortName) {
        this.path = path;
        this.workshop = workshop;
        this.shortName = shortName;
    }

    /**
     * Claims the path. A socket that nobody listens on any more is removed from it.
     *
     * @throws IOException saying what is in the way
     */
    static UnixSocket claim(Path path) throws IOException {
        int bytes = bytes(path);
        if (bytes > MAX_PATH_BYTES) {
            throw new IOException(
                    "cannot listen on %s: the path has %d bytes; sockets have %d at most"
                            .formatted(path, bytes, MAX_PATH_BYTES));
        }
        try {
            makeRoom(path);
            return prepare(path);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "cannot listen on %s: there is no directory %s"
                            .formatted(path, path.getParent()),
                    e);
        }
    }

    private static void makeRoom(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(path)) {
            throw new IOException(
                    "cannot listen on %s: what is there is not a socket".formatted(path));
        }
        if (isAlive(path)) {
            throw new IOException("cannot listen on %s: somebody else does".formatted(path));
        }
        Files.deleteIfExists(path);
    }

    private static boolean isSocket(Path path) throws IOException {
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & TYPE_MASK) == TYPE_SOCKET;
    }

    /** Only a refusal says that nobody listens; where we may not even ask, somebody might. */
    private static boolean isAlive(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX);
                ShortName name = ShortName.toConnect(path)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(name.path()));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on %s: what is there does not answer: %s"
                            .formatted(path, e.getMessage()),
                    e);
        }
    }

    private static UnixSocket prepare(Path path) throws IOException {
        Path workshop = Files.createTempDirectory(path.getParent(), ".listen-");
        return new UnixSocket(path, workshop, ShortName.toBind(workshop, NAME));
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    /** Where to bind; short enough for it. */
    Path bindable() {
        return shortName.path();
    }

    /** Shows what was bound under its path, with the mode it is to have. */
    void publish() throws IOException {
        Path bound = workshop.resolve(NAME);
        Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString(MODE));
        try {
            Files.createLink(path, bound);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("cannot listen on %s: somebody else does".formatted(path), e);
        }
        identity = identity();
        clearWorkshop();
    }

    private void clearWorkshop() throws IOException {
        Files.deleteIfExists(workshop.resolve(NAME));
        Files.deleteIfExists(workshop);
        shortName.close();
    }

    private @Nullable Object identity() throws IOException {
        return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes the path, unless it is no longer ours. */
    @Override
    public void close() throws IOException {
        clearWorkshop();
        if (identity == null) {
            return;
        }
        try {
            if (Objects.equals(identity, identity())) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // Somebody removed it already: nothing is left to do.
            identity = null;
        }
    }
}
