package com.unkey.vmcp.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.testkit.store.SampleRecords;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that may not grow answers as one on a full disk does. */
class FullDiskTest {

    private static final StoreLimits SMALL = new StoreLimits(Duration.ofSeconds(10), 64, 16, 40);

    @TempDir private Path directory;
    private SqliteVmStore store;

    @BeforeEach
    void open() {
        store = SqliteVmStore.open(directory, SMALL);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void insertIsRefusedAndWhatIsThereStays() {
        List<VmRecord> stored = fill();

        assertThat(stored).isNotEmpty();
        assertThat(store.load().records()).isEqualTo(stored);
        assertThat(store.load().lastSequence()).isEqualTo(stored.size());
    }

    @Test
    void updateIsRefusedAndTheRecordStaysAsItWas() {
        List<VmRecord> stored = fill();
        VmRecord grown = SampleRecords.record(1).lastExit("x".repeat(100_000)).build();

        assertFull(() -> store.update(grown), "update of vm_id \"vm-1\"");

        assertThat(store.load().records()).isEqualTo(stored);
    }

    @Test
    void storeGoesOnOnceThereIsRoom() {
        List<VmRecord> stored = fill();

        stored.forEach(record -> store.delete(record.id()));
        store.insert(SampleRecords.numbered(1000));

        assertThat(store.load().records()).containsExactly(SampleRecords.numbered(1000));
    }

    /** Inserts until the disk is full and returns what got in. */
    private List<VmRecord> fill() {
        List<VmRecord> stored = new ArrayList<>();
        while (stored.size() < 1000) {
            VmRecord next = SampleRecords.numbered(stored.size() + 1);
            try {
                store.insert(next);
                stored.add(next);
            } catch (VmException e) {
                assertThat(e.failure()).isInstanceOf(VmFailure.LimitReached.class);
                return stored;
            }
        }
        throw new AssertionError("the disk did not fill up");
    }

    private static void assertFull(Runnable call, String operation) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        VmException.class,
                        e ->
                                assertThat(e.failure())
                                        .isEqualTo(
                                                new VmFailure.LimitReached(
                                                        operation
                                                                + ": the state directory's disk is"
                                                                + " full")));
    }
}
