package com.unkey.vmcp.testkit.cloudhypervisor;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads a serial port's socket; blocks, so the test must have a time limit. */
final class SerialClient {

    private SerialClient() {}

    static SocketChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    static String read(SocketChannel channel, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("the serial port ended after " + bytes.position());
            }
        }
        return new String(bytes.array(), StandardCharsets.US_ASCII);
    }

    static void readToEnd(SocketChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        int count = 0;
        while (count >= 0) {
            count = channel.read(bytes.clear());
        }
    }
}
