package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.vm.VmSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What becomes of the guest's serial port. */
enum ConsoleKind {
    /** Kept in a file. */
    FILE,
    /** Offered on a pseudo-terminal of the host; nothing is kept. */
    PTY,
    /** Offered on a socket in the run directory; the VMM keeps the last MiB until it is read. */
    SOCKET,
    /** There is no serial port. */
    OFF;

    /** The kinds that a client can name. */
    static final List<String> NAMES = List.of("serial", "file", "pty", "socket");

    static ConsoleKind of(VmSpec spec) {
        return spec.devices().console().map(ConsoleKind::of).orElse(FILE);
    }

    private static ConsoleKind of(VmSpec.Console console) {
        return console.enabled() ? named(console.type()).orElse(FILE) : OFF;
    }

    /** Empty where there is no such kind. */
    static Optional<ConsoleKind> named(String type) {
        return switch (type) {
            case "", "serial", "file" -> Optional.of(FILE);
            case "pty" -> Optional.of(PTY);
            case "socket" -> Optional.of(SOCKET);
            default -> Optional.empty();
        };
    }

    /** As Cloud Hypervisor spells it. */
    String mode() {
        String name = name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    /** Whether a serial port of Cloud Hypervisor's configuration is a pseudo-terminal. */
    static boolean isTerminal(JsonNode serial) {
        return serial.path("mode").asString("").equals(PTY.mode());
    }
}
