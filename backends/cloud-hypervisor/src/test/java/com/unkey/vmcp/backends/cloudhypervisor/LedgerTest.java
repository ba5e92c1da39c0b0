package com.unkey.vmcp.backends.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.adapter.Notebook;
import com.unkey.vmcp.backends.adapter.Usage;
import com.unkey.vmcp.core.port.Sample.NetworkCounters;
import com.unkey.vmcp.core.port.Sample.StorageCounters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class LedgerTest {

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void note() {
        file = directory.resolve("note");
        LaunchNote.of("53.0", Optional.empty(), JsonMapper.shared().createObjectNode()).save(file);
    }

    private Ledger open() {
        return new Ledger(new Notebook<>(file, LaunchNote.FORMAT));
    }

    private static Usage at(long count) {
        return new Usage(
                Duration.ofMillis(count),
                new NetworkCounters(count, 2 * count, count, count),
                new StorageCounters(3 * count, count, count, count));
    }

    @Test
    void countersAreToldAsTheyStand() {
        Ledger ledger = open();
        assertThat(ledger.total(at(5))).isEqualTo(at(5));
        assertThat(ledger.total(at(7))).isEqualTo(at(7));
    }

    @Test
    void countingGoesOnOverAReboot() {
        Ledger ledger = open();
        ledger.rebooting(at(10));
        ledger.rebooted();
        assertThat(ledger.total(at(3))).isEqualTo(at(13));
        assertThat(ledger.total(at(20))).isEqualTo(at(30));
    }

    @Test
    void aRebootOfTheGuestsOwnIsSeenByItsCounters() {
        Ledger ledger = open();
        ledger.total(at(10));
        assertThat(ledger.total(at(1))).isEqualTo(at(11));
        assertThat(ledger.total(at(2))).isEqualTo(at(12));
    }

    @Test
    void theNextDaemonCountsOn() {
        Ledger ledger = open();
        ledger.rebooting(at(10));
        ledger.rebooted();
        assertThat(open().total(at(4))).isEqualTo(at(14));
    }

    @Test
    void aDaemonKilledBeforeTheRebootCountsNothingTwice() {
        open().rebooting(at(10));
        assertThat(open().total(at(11))).isEqualTo(at(11));
    }

    @Test
    void aDaemonKilledAfterTheRebootLosesNothing() {
        open().rebooting(at(10));
        assertThat(open().total(at(1))).isEqualTo(at(11));
    }

    @Test
    void aBootBeginsAtZero() {
        Ledger ledger = open();
        ledger.rebooting(at(10));
        ledger.rebooted();
        ledger.booted();
        assertThat(ledger.total(at(2))).isEqualTo(at(2));
        assertThat(open().total(at(3))).isEqualTo(at(3));
    }

    @Test
    void theNoteKeepsWhatItIsTold() {
        Notebook<LaunchNote> notebook = new Notebook<>(file, LaunchNote.FORMAT);
        notebook.change(LaunchNote::booted);
        notebook.change(note -> note.withTerminal(Optional.of(Path.of("/dev/pts/7"))));
        notebook.change(note -> note.withUsage(at(4), at(2)));
        assertThat(LaunchNote.load(file)).contains(notebook.require());
        assertThat(notebook.require().ran()).isTrue();
    }
}
