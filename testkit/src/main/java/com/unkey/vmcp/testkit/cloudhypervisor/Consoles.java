package com.unkey.vmcp.testkit.cloudhypervisor;

import com.unkey.vmcp.testkit.vmm.SystemError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A VM's serial port and its virtio console, opened when the VM is created and after each stop
 * before the next start.
 */
final class Consoles {

    private final Console serial;
    private final Console virtio;

    private Consoles(Console serial, Console virtio) {
        this.serial = serial;
        this.virtio = virtio;
    }

    /** A mode without the path that it needs, which ends the real program. */
    static final class Panic extends RuntimeException {
        private static final long serialVersionUID = 1;

        Panic() {
            super("called `Option::unwrap()` on a `None` value");
        }
    }

    /**
     * Opens what the configuration names.
     *
     * @throws Trouble where it cannot be opened
     * @throws Panic where a file or socket is not named
     */
    static Consoles open(ObjectNode config, FakeOptions options, OutputStream stdout) {
        try {
            Console virtio = open((ObjectNode) config.get("console"), "console", options, stdout);
            Console serial = open((ObjectNode) config.get("serial"), "serial", options, stdout);
            return new Consoles(serial, virtio);
        } catch (IOException e) {
            throw Trouble.failed(
                    "Error creating console devices",
                    "Error creating console device",
                    SystemError.told(e));
        }
    }

    private static Console open(
            ObjectNode console, String name, FakeOptions options, OutputStream stdout)
            throws IOException {
        return switch (console.path("mode").asString()) {
            case "Tty" -> Console.stream(stdout);
            case "File" -> Console.file(path(console.path("file"), options));
            case "Socket" -> SocketConsole.bind(path(console.path("socket"), options));
            case "Pty" -> terminal(console, name, options);
            default -> Console.none();
        };
    }

    /** No terminal can be made here: a file in its place, named where the terminal would be. */
    private static Console terminal(ObjectNode console, String name, FakeOptions options)
            throws IOException {
        Path file = options.resolve(name + ".pty");
        console.put("file", file.toString());
        return Console.file(file);
    }

    private static Path path(JsonNode named, FakeOptions options) {
        if (!named.isString()) {
            throw new Panic();
        }
        return options.resolve(named.stringValue());
    }

    void print(byte[] text) {
        try {
            serial.print(text);
        } catch (IOException e) {
            throw new UncheckedIOException("the guest's output cannot be written", e);
        }
    }

    /** Ends them as the shutdown of a VM does. */
    void close() {
        try (serial;
                virtio) {
            serial.print(new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException("a console cannot be closed", e);
        }
    }

    /**
     * Ends them and leaves sockets behind: the death of the process, or a VM that is deleted before
     * it has started.
     */
    void abandon() {
        if (serial instanceof SocketConsole socket) {
            try {
                socket.abandon();
            } catch (IOException e) {
                throw new UncheckedIOException("a console cannot be closed", e);
            }
        } else {
            close();
        }
    }
}
