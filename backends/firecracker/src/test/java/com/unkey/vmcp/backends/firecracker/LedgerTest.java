package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.adapter.Notebook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

    @TempDir private Path directory;
    private Path note;
    private Path file;
    private MetricsFile metrics;

    @BeforeEach
    void begin() {
        note = directory.resolve("note");
        file = directory.resolve("metrics");
        metrics = new MetricsFile(file, new DeviceIds(List.of("a"), List.of()));
        LaunchNote.FORMAT.save(LaunchNote.of("1.16.1"), note);
    }

    /** As the next daemon has it. */
    private Notebook<LaunchNote> notebook() {
        return new Notebook<>(note, LaunchNote.FORMAT);
    }

    private void guestReads(int bytes) throws IOException {
        Files.writeString(
                file,
                "{\"utc_timestamp_ms\":1,\"block_a\":{\"read_bytes\":%d}}\n".formatted(bytes),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private long read(Ledger ledger) {
        return ledger.total(metrics, Duration.ZERO).storage().bytesRead();
    }

    private static Duration seconds(int count) {
        return Duration.ofSeconds(count);
    }

    @Test
    void nothingIsCountedTwiceByWhichDaemonEver() throws IOException {
        guestReads(5);
        assertThat(read(new Ledger(notebook()))).isEqualTo(5);
        guestReads(7);
        assertThat(read(new Ledger(notebook()))).isEqualTo(12);
        assertThat(read(new Ledger(notebook()))).isEqualTo(12);
    }

    @Test
    void processorTimeNeverGoesBack() {
        Ledger ledger = new Ledger(notebook());
        assertThat(ledger.total(metrics, seconds(5)).cpuTime()).isEqualTo(seconds(5));
        assertThat(ledger.total(metrics, seconds(4)).cpuTime()).isEqualTo(seconds(5));
        ledger.ending(metrics, seconds(6));
        ledger.reckon(metrics);
        assertThat(new Ledger(notebook()).total(metrics, seconds(0)).cpuTime())
                .isEqualTo(seconds(6));
    }

    @Test
    void whatAProcessWroteLastIsCountedAndTheNextBeginsAtNothing() throws IOException {
        Ledger ledger = new Ledger(notebook());
        guestReads(5);
        assertThat(read(ledger)).isEqualTo(5);
        ledger.ending(metrics, seconds(0));
        guestReads(6);
        ledger.reckon(metrics);
        // The file is still the old one.
        assertThat(read(ledger)).isEqualTo(11);
        Files.delete(file);
        notebook().require();
        LaunchNote.FORMAT.save(notebook().require().with(LaunchNote.Stage.STANDING), note);
        guestReads(100);
        assertThat(read(new Ledger(notebook()))).isEqualTo(111);
    }

    /**
     * A daemon may be killed between the two halves of an exchange, and the next begins it anew.
     */
    @Test
    void anExchangeThatIsBegunTwiceIsReckonedOnce() throws IOException {
        guestReads(5);
        Ledger first = new Ledger(notebook());
        first.ending(metrics, seconds(1));
        new Ledger(notebook()).ending(metrics, seconds(1));
        new Ledger(notebook()).reckon(metrics);
        new Ledger(notebook()).reckon(metrics);
        assertThat(read(new Ledger(notebook()))).isEqualTo(5);
    }
}
