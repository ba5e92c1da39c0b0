package com.unkey.vmcp.backends.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.port.Sample.NetworkCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept beside a QEMU: the note of its launch; and its taps. */
class RunDirectoryTest {

    @TempDir private Path directory;

    @Test
    void aNoteComesBackAsItWas() {
        Path file = directory.resolve("note");
        assertThat(LaunchNote.load(file)).isEmpty();
        LaunchNote note =
                new LaunchNote(
                        "7.2.22",
                        "q35",
                        "tcg",
                        Map.of("a@b.c-0", new NetworkCounters(1, 2, 3, Long.MAX_VALUE)));
        note.save(file);
        note.save(file);
        assertThat(LaunchNote.load(file)).contains(note);
    }

    @Test
    void aNoteThatMakesNoSenseIsAnError() throws IOException {
        Path file = Files.writeString(directory.resolve("note"), "tap.x=1 2 three 4\n");
        assertThatThrownBy(() -> LaunchNote.load(file)).hasMessageContaining("cannot be read");
    }

    @Test
    void tapsAreBroughtUpAndCountedFromTheGuestsSide() throws IOException {
        Path tap = Files.createDirectories(directory.resolve("tap0"));
        Files.writeString(tap.resolve("flags"), "0x1002\n");
        Path statistics = Files.createDirectory(tap.resolve("statistics"));
        Files.writeString(statistics.resolve("rx_bytes"), "100\n");
        Files.writeString(statistics.resolve("tx_bytes"), "200\n");
        Files.writeString(statistics.resolve("rx_packets"), "10\n");
        Files.writeString(statistics.resolve("tx_packets"), "20\n");
        TapDevices taps = new TapDevices(directory);

        taps.bringUp(List.of("tap0", "absent"));
        assertThat(Files.readString(tap.resolve("flags"))).isEqualTo("0x1003");
        assertThat(taps.counters(List.of("tap0", "absent")))
                .isEqualTo(Map.of("tap0", new NetworkCounters(200, 100, 20, 10)));
        assertThat(taps.since(Map.of("tap0", new NetworkCounters(150, 40, 15, 4)), List.of("tap0")))
                .isEqualTo(new NetworkCounters(50, 60, 5, 6));
    }
}
