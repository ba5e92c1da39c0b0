package com.unkey.vmcp.e2e;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** QEMU's monitor in the hands of a test, for what happens while no daemon is there. */
final class Monitor {

    private static final String PRESS =
            "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"system_powerdown\"}\n";

    private Monitor() {}

    /** Presses the power button and waits until the guest has obeyed. */
    static void pressPowerButton(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(PRESS.getBytes(StandardCharsets.US_ASCII)));
            readUntil(channel, "\"SHUTDOWN\"");
        }
    }

    private static void readUntil(SocketChannel channel, String word) throws IOException {
        StringBuilder all = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (all.indexOf(word) < 0) {
            if (channel.read(buffer) < 0) {
                throw new IOException("the monitor closed without " + word + ": " + all);
            }
            all.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
            buffer.clear();
        }
    }
}
