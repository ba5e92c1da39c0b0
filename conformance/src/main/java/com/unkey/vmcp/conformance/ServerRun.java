package com.unkey.vmcp.conformance;

import connectrpc.conformance.v1.ServerCompat.ServerCompatRequest;
import connectrpc.conformance.v1.ServerCompat.ServerCompatResponse;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server for as long as a connection lasts. Its configuration comes in and its address goes
 * out, each as one message behind its length of four bytes, big-endian, as the suite has it.
 */
final class ServerRun implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ServerRun.class);

    /** Far above any configuration, and far below what a confused sender may name. */
    private static final int LARGEST_CONFIGURATION = 1 << 20;

    private static final int CONFIGURATION_MILLIS = 10_000;

    private final Socket connection;
    private final Executor handlers;

    ServerRun(Socket connection, Executor handlers) {
        this.connection = connection;
        this.handlers = handlers;
    }

    /** A connection that ends without an answer tells the runner that no server could start. */
    @Override
    public void run() {
        try (connection) {
            connection.setSoTimeout(CONFIGURATION_MILLIS);
            InputStream in = connection.getInputStream();
            try (ConformanceServer server = ConformanceServer.start(read(in), handlers)) {
                write(server.response(), connection.getOutputStream());
                connection.setSoTimeout(0);
                in.transferTo(OutputStream.nullOutputStream());
            }
        } catch (IOException | CompletionException e) {
            LOG.error("a server ended", e);
        }
    }

    private static ServerCompatRequest read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int length = data.readInt();
        if (length < 0 || length > LARGEST_CONFIGURATION) {
            throw new IOException(
                    "the configuration's length must be at most %d: %s"
                            .formatted(LARGEST_CONFIGURATION, Integer.toUnsignedString(length)));
        }
        byte[] message = new byte[length];
        data.readFully(message);
        return ServerCompatRequest.parseFrom(message);
    }

    private static void write(ServerCompatResponse response, OutputStream out) throws IOException {
        byte[] message = response.toByteArray();
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(message.length);
        data.write(message);
        data.flush();
    }
}
