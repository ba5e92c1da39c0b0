package com.unkey.vmcp.testkit.guest;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A QEMU with one mini guest under TCG; closing it ends the process. */
final class RunningGuest implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;
    private final Path directory;

    private RunningGuest(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    static RunningGuest start(Path directory, String machine, MiniGuest guest) throws IOException {
        Path serial = directory.resolve("serial.sock");
        ProcessBuilder builder =
                new ProcessBuilder(
                        List.of(
                                "qemu-system-x86_64",
                                "-nodefaults",
                                "-no-user-config",
                                "-display",
                                "none",
                                "-M",
                                machine,
                                "-accel",
                                "tcg",
                                "-m",
                                "32",
                                "-kernel",
                                guest.writeTo(directory).toString(),
                                "-chardev",
                                "socket,id=s,path="
                                        + serial
                                        + ",server=on,wait=off,logfile="
                                        + directory.resolve("log"),
                                "-serial",
                                "chardev:s",
                                "-qmp",
                                "unix:" + directory.resolve("qmp.sock") + ",server=on,wait=off"));
        builder.redirectErrorStream(true).redirectOutput(directory.resolve("qemu.out").toFile());
        return new RunningGuest(builder.start(), directory);
    }

    String printed() {
        try {
            Path log = directory.resolve("log");
            return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new IllegalStateException("reading the guest's output", e);
        }
    }

    /** True when the condition holds, or begins to before patience ends or the VMM does. */
    boolean eventually(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (process.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() - deadline > 0) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    boolean ended() throws InterruptedException {
        return process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Presses the power button and gives all that the monitor says until it closes. */
    String pressPowerButton() throws IOException, InterruptedException {
        try (SocketChannel monitor = connect("qmp.sock")) {
            send(
                    monitor,
                    "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"system_powerdown\"}\n");
            return readToEnd(monitor);
        }
    }

    SocketChannel console() throws IOException, InterruptedException {
        return connect("serial.sock");
    }

    static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private SocketChannel connect(String socket) throws IOException, InterruptedException {
        Path path = directory.resolve(socket);
        if (!eventually(() -> Files.exists(path))) {
            throw new IOException(
                    "no " + path + ": " + Files.readString(directory.resolve("qemu.out")));
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(path));
        return channel;
    }

    private String readToEnd(SocketChannel channel) throws IOException {
        StringBuilder all = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (channel.read(buffer) >= 0) {
            all.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
            buffer.clear();
        }
        return all.toString();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().orTimeout(5, TimeUnit.SECONDS).join();
    }
}
