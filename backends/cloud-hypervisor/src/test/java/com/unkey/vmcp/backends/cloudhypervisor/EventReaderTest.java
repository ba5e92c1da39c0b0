package com.unkey.vmcp.backends.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventReaderTest {

    private static final VmEvent BOOTED = new VmEvent("vm", "booted");
    private static final VmEvent PAUSED = new VmEvent("vm", "paused");

    @TempDir private Path directory;
    private Path file;
    private EventReader reader;

    @BeforeEach
    void begin() {
        file = directory.resolve("monitor");
        reader = new EventReader(file);
    }

    @Test
    void thereIsNothingToReadBeforeTheFileIsThere() throws IOException {
        assertThat(reader.read()).isEmpty();
        append(text(BOOTED));
        assertThat(reader.read()).containsExactly(BOOTED);
    }

    @Test
    void eachEventIsReadOnce() throws IOException {
        append(text(BOOTED) + text(PAUSED));
        assertThat(reader.read()).containsExactly(BOOTED, PAUSED);
        assertThat(reader.read()).isEmpty();
        append(text(VmEvent.VM_SHUTDOWN));
        assertThat(reader.read()).containsExactly(VmEvent.VM_SHUTDOWN);
    }

    @Test
    void anEventIsReadWhenItIsWhole() throws IOException {
        String text = text(BOOTED);
        for (int cut = 1; cut < text.length(); cut++) {
            append(text.substring(cut - 1, cut));
            assertThat(reader.read()).as("after %d characters", cut).isEmpty();
        }
        append(text.substring(text.length() - 1));
        assertThat(reader.read()).containsExactly(BOOTED);
    }

    /** As where the writer found no room: the empty lines remain. */
    @Test
    void emptyLinesAndNonsenseAreNoEvents() throws IOException {
        append("\n\n\n" + text(BOOTED) + "\n\n{ no json\n\n" + text(PAUSED));
        assertThat(reader.read()).containsExactly(BOOTED, PAUSED);
    }

    @Test
    void holesAreSkipped() throws IOException {
        append("\0".repeat(5000) + text(BOOTED));
        assertThat(reader.read()).containsExactly(BOOTED);
    }

    @Test
    void aFileThatWasBegunAnewIsReadFromItsStart() throws IOException {
        append(text(BOOTED) + text(BOOTED));
        assertThat(reader.read()).hasSize(2);
        Files.writeString(file, text(PAUSED));
        assertThat(reader.read()).containsExactly(PAUSED);
    }

    @Test
    void ofALongHistoryTheEndCounts() throws IOException {
        append(text(BOOTED).repeat(2000) + text(PAUSED));
        assertThat(reader.read()).hasSizeLessThan(2000).last().isEqualTo(PAUSED);
    }

    private void append(String text) throws IOException {
        Files.writeString(
                file,
                text,
                StandardCharsets.US_ASCII,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static String text(VmEvent event) {
        return """
        {
          "timestamp": {
            "secs": 0,
            "nanos": 386914236
          },
          "source": "%s",
          "event": "%s",
          "properties": null
        }

        """
                .formatted(event.source(), event.name());
    }
}
