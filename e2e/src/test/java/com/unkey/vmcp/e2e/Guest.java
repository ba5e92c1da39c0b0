package com.unkey.vmcp.e2e;

import com.unkey.vmcp.testkit.process.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a guest printed on its console. */
record Guest(Path console) {

    private static final Duration BOOT = Duration.ofSeconds(60);

    String printed() {
        try {
            return Files.readString(console, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(console + " cannot be read", e);
        }
    }

    private List<String> lines() {
        String printed = printed();
        return printed.substring(0, printed.lastIndexOf('\n') + 1).lines().toList();
    }

    /** Length of what is printed by now, to be given to {@link #since}. */
    int mark() {
        return printed().length();
    }

    /** What was printed after the mark; all of it where the file was begun anew. */
    String since(int mark) {
        String printed = printed();
        return printed.substring(printed.length() < mark ? 0 : mark);
    }

    /** The last number that a counting mini guest printed; 0 before the first. */
    int tick() {
        List<String> lines = lines();
        return lines.isEmpty() ? 0 : Integer.parseInt(lines.getLast(), 16);
    }

    /** Waits until a counting guest has gone on from where it is now; its tick is the answer. */
    int awaitTicks() {
        int before = tick();
        Await.until("the guest to go on from tick " + before, () -> tick() != before);
        return tick();
    }

    /** The last uptime, in seconds, that the small Linux guest told; -1 where it told none. */
    double uptime() {
        return lines().stream()
                .filter(line -> line.startsWith("vmcp-guest: uptime "))
                .map(line -> Double.parseDouble(line.substring(19).strip()))
                .reduce(-1.0, (_, last) -> last);
    }

    /** Waits for a line that begins with the text, printed after the mark. */
    void await(String text, int mark) {
        Await.until(
                "\"" + text + "\" on the console, which says: " + tail(),
                BOOT,
                () -> ("\n" + since(mark)).contains("\n" + text));
    }

    /** Waits until the small Linux guest is up, by its own word, after the mark. */
    void awaitUp(int mark) {
        await("vmcp-guest: up", mark);
    }

    private String tail() {
        String printed = printed();
        return printed.substring(Math.max(0, printed.length() - 300));
    }
}
