package com.unkey.vmcp.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.testkit.store.SampleRecords;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreWriterTest {

    private static final StoreLimits IMPATIENT =
            new StoreLimits(Duration.ofMillis(500), 1, 16, Integer.MAX_VALUE);

    @TempDir private Path directory;
    private StoreWriter writer;
    private final CountDownLatch holding = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeEach
    void start() {
        writer =
                StoreWriter.start(
                        IMPATIENT,
                        () -> Database.open(directory, Migrations.shipped(), IMPATIENT.pages()),
                        VmTable::initialise);
    }

    @AfterEach
    void close() {
        release.countDown();
        writer.close();
    }

    @Test
    void callThatGaveUpInTheQueueNeverHappens() throws Exception {
        FutureTask<String> holder = holdWriter();

        assertUnavailable(() -> insert(1), "insert 1: the state database is too slow");
        release.countDown();

        assertThat(holder.get(30, TimeUnit.SECONDS)).isEqualTo("held");
        assertThat(stored()).isZero();
    }

    @Test
    void callThatIsUnderWayIsWaitedForBeyondItsDeadline() throws Exception {
        Thread caller = Thread.currentThread();

        String result = writer.call("slow", vms -> awaitUntilWaitingForTheEnd(caller));

        assertThat(result).isEqualTo("waited for");
    }

    @Test
    void interruptedCallInTheQueueNeverHappens() throws Exception {
        FutureTask<String> holder = holdWriter();
        FutureTask<Boolean> interrupted =
                new FutureTask<>(
                        () -> {
                            Thread.currentThread().interrupt();
                            assertUnavailable(() -> insert(1), "interrupted");
                            return Thread.interrupted();
                        });

        Thread.ofVirtual().start(interrupted);

        assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
        release.countDown();
        assertThat(holder.get(30, TimeUnit.SECONDS)).isEqualTo("held");
        assertThat(stored()).isZero();
    }

    @Test
    void closeFinishesWhatIsUnderWay() throws Exception {
        FutureTask<String> holder = holdWriter();
        Thread closer = Thread.ofPlatform().start(writer::close);
        await(() -> closer.getState() == Thread.State.TIMED_WAITING);

        assertUnavailable(() -> insert(1), "insert 1: the store is closed");
        release.countDown();

        assertThat(holder.get(30, TimeUnit.SECONDS)).isEqualTo("held");
        assertThat(closer.join(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void everyJobRunsOnTheOwnedThread() {
        String name = writer.call("name", vms -> Thread.currentThread().getName());

        assertThat(name).isEqualTo("store-writer");
    }

    /** Keeps the writer busy until {@link #release}. */
    private FutureTask<String> holdWriter() throws InterruptedException {
        FutureTask<String> holder = new FutureTask<>(() -> writer.call("hold", vms -> hold()));
        Thread.ofVirtual().start(holder);
        assertThat(holding.await(30, TimeUnit.SECONDS)).isTrue();
        return holder;
    }

    private String hold() {
        holding.countDown();
        try {
            return release.await(30, TimeUnit.SECONDS) ? "held" : "never released";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A wait with a deadline shows as TIMED_WAITING, the one for the end as WAITING. */
    private static String awaitUntilWaitingForTheEnd(Thread caller) {
        await(() -> caller.getState() == Thread.State.WAITING);
        return "waited for";
    }

    private void insert(long sequence) {
        StoredVm vm = StoredVm.of(SampleRecords.numbered(sequence));
        PendingJob.Change insert = vms -> vms.insert(vm);
        writer.call("insert " + sequence, insert.asJob());
    }

    private int stored() {
        writer.close();
        try (SqliteVmStore store = SqliteVmStore.open(directory)) {
            return store.load().records().size();
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void assertUnavailable(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class));
    }
}
