package com.unkey.vmcp.testkit.guest;

import com.unkey.vmcp.testkit.guest.MiniGuest.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes the ticking guest that heeds a machine's power button, for scripts: {@code WriteGuest
 * MACHINE DIRECTORY} prints the path of the file. A machine is named as in {@link Machine}, in
 * lower case with hyphens.
 */
public final class WriteGuest {
    private WriteGuest() {}

    /** Writes the guest and prints where it is. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException(
                    "arguments are MACHINE DIRECTORY, not " + String.join(" ", arguments));
        }
        System.out.println(
                MiniGuest.tickWithPowerButton(machine(arguments[0]))
                        .writeTo(Path.of(arguments[1])));
    }

    static Machine machine(String name) {
        return Machine.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
