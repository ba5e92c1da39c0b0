package com.unkey.vmcp.testkit.guest;

import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import com.unkey.vmcp.testkit.guest.MiniGuest.Tail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes a guest for scripts: {@code WriteGuest GUEST DIRECTORY} prints the path of the file. GUEST
 * is a machine as in {@link Machine}, in lower case with hyphens, for the ticking guest that heeds
 * its power button; or {@code idle} for one that says a line and takes no CPU time from then on; or
 * {@code reset} or {@code crash} for one that says a line and does that.
 */
public final class WriteGuest {
    private WriteGuest() {}

    /** Writes the guest and prints where it is. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException(
                    "arguments are GUEST DIRECTORY, not " + String.join(" ", arguments));
        }
        System.out.println(guest(arguments[0]).writeTo(Path.of(arguments[1])));
    }

    static MiniGuest guest(String name) {
        return switch (name) {
            case "idle" -> MiniGuest.line("up\n", Tail.HALT);
            case "reset" -> MiniGuest.line("up\n", Tail.RESET);
            case "crash" -> MiniGuest.line("up\n", Tail.CRASH);
            default -> MiniGuest.tickWithPowerButton(machine(name));
        };
    }

    static Machine machine(String name) {
        return Machine.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
