package com.unkey.vmcp.backends.qemu.qmp;

import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The way to one QEMU's monitor: a connection, and a new one when that is lost. Thread-safe. */
public final class QmpLink implements AutoCloseable {

    private final Path socket;
    private final String name;
    private final QmpListener listener;
    private Optional<QmpConnection> connection = Optional.empty();
    private boolean closed;

    /** Does not connect yet. */
    public QmpLink(Path socket, String name, QmpListener listener) {
        this.socket = socket;
        this.name = name;
        this.listener = listener;
    }

    /** Begins to connect where there is no connection; does not wait for it. */
    public void connect() {
        QmpConnection _ = current();
    }

    /** See {@link QmpConnection#execute(String, Duration)}; connects where needed. */
    public JsonNode execute(String command, Duration limit) {
        return current().execute(command, limit);
    }

    private synchronized QmpConnection current() {
        if (closed) {
            throw VmException.unavailable("this VMM has been let go of");
        }
        if (connection.isPresent() && connection.get().isOpen()) {
            return connection.get();
        }
        QmpConnection opened = QmpConnection.open(socket, name, listener);
        connection = Optional.of(opened);
        return opened;
    }

    /** Ends the connection for good. */
    @Override
    public synchronized void close() {
        closed = true;
        connection.ifPresent(QmpConnection::close);
    }
}
