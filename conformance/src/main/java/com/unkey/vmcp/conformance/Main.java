package com.unkey.vmcp.conformance;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.TlsKeyPair;
import connectrpc.conformance.v1.ServerCompat.ServerCompatRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Host of all servers of a conformance run: each connection to its port starts one, says how, is
 * told where it listens, and ends it by ending itself. So one warm JVM serves the whole run; the
 * suite's runner, which wants a process for each server, has a small script for that.
 *
 * <p>Prints its port, a line on stdout, and runs until it is killed.
 */
final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException {
        ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
        try (handlers;
                ServerSocket listener =
                        new ServerSocket(0, 0, InetAddress.ofLiteral(ConformanceServer.HOST))) {
            rehearse(handlers);
            System.out.println(listener.getLocalPort());
            while (true) {
                Socket connection = listener.accept();
                Thread.ofVirtual().name("run").start(new ServerRun(connection, handlers));
            }
        }
    }

    /**
     * Loads what the first server with TLS needs: on a busy machine that takes longer than the ten
     * seconds which the runner gives it.
     */
    private static void rehearse(Executor handlers) {
        TlsKeyPair pair = TlsKeyPair.ofSelfSigned(ConformanceServer.HOST);
        ServerCompatRequest.Builder wanted = ServerCompatRequest.newBuilder().setUseTls(true);
        try {
            wanted.getServerCredsBuilder()
                    .setKey(pem("PRIVATE KEY", pair.privateKey().getEncoded()))
                    .setCert(pem("CERTIFICATE", pair.certificateChain().getFirst().getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate of our own cannot be encoded", e);
        }
        ConformanceServer.start(wanted.build(), handlers).close();
    }

    private static ByteString pem(String kind, byte[] content) {
        String text = Base64.getMimeEncoder().encodeToString(content);
        return ByteString.copyFromUtf8(
                "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind));
    }
}
