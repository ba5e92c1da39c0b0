package com.unkey.vmcp.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.VmStore;
import com.unkey.vmcp.core.vm.Action;
import com.unkey.vmcp.core.vm.Intent;
import com.unkey.vmcp.core.vm.Operation;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.core.vm.VmState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link VmStore} promises; the fake and the real one extend it. */
public abstract class VmStoreContract {

    private static final int CALLERS = 32;

    @SuppressWarnings("NullAway.Init") // set before each test
    private VmStore store;

    /** Opens a store that holds nothing; called once for each test. */
    protected abstract VmStore open();

    /** Opens what the store of {@link #open()} has left; it is closed by now. */
    protected abstract VmStore reopen();

    @BeforeEach
    final void openStore() {
        store = open();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    @Test
    void newStoreHoldsNothingButASecret() {
        VmStore.Contents contents = store.load();

        assertThat(contents.records()).isEmpty();
        assertThat(contents.lastSequence()).isZero();
        assertThat(contents.secret().bytes()).hasSize(32);
    }

    @Test
    void secretIsTheSameAfterReopening() {
        byte[] secret = store.load().secret().bytes();

        reopenStore();

        assertThat(store.load().secret().bytes()).isEqualTo(secret);
    }

    @Test
    void insertedRecordIsThereAtOnceAndAfterReopening() {
        VmRecord record = SampleRecords.numbered(1);

        store.insert(record);

        assertHolds(record);
        reopenStore();
        assertHolds(record);
    }

    @Test
    void everyShapeOfRecordComesBackAsItWasStored() {
        long seed = System.nanoTime();
        RandomRecords random = new RandomRecords(seed);
        List<VmRecord> inserted = LongStream.range(1, 120).mapToObj(random::next).toList();
        List<VmRecord> updated = LongStream.range(1, 120).mapToObj(random::next).toList();

        inserted.forEach(store::insert);
        assertThat(store.load().records()).as("seed %d", seed).isEqualTo(inserted);

        updated = keepingIdentity(inserted, updated);
        updated.forEach(store::update);
        reopenStore();
        assertThat(store.load().records()).as("seed %d", seed).isEqualTo(updated);
    }

    @Test
    void recordsComeInOrderOfTheirSequence() {
        VmRecord third = SampleRecords.record(3).id("a").build();
        VmRecord first = SampleRecords.record(1).id("c").build();
        VmRecord second = SampleRecords.record(2).id("b").build();

        store.insert(third);
        store.insert(first);
        store.insert(second);

        assertHolds(first, second, third);
    }

    @Test
    void insertOfATakenIdIsRefusedAndChangesNothing() {
        VmRecord record = SampleRecords.numbered(1);
        store.insert(record);

        VmRecord namesake = SampleRecords.record(2).id("vm-1").build();

        assertFails(() -> store.insert(namesake), new VmFailure.Duplicate(record.id()));
        assertFails(() -> store.insert(record), new VmFailure.Duplicate(record.id()));
        assertHolds(record);
        assertThat(store.load().lastSequence()).isEqualTo(1);
    }

    @Test
    void insertOfATakenShortIdOrSequenceIsUnavailable() {
        VmRecord record = SampleRecords.numbered(1);
        store.insert(record);

        String shortId = record.identity().shortId().value();
        assertUnavailable(
                () -> store.insert(SampleRecords.record(2).id("b").shortId(shortId).build()));
        assertUnavailable(
                () -> store.insert(SampleRecords.record(1).id("b").shortId("bbbbbbbbbb").build()));

        assertHolds(record);
        assertThat(store.load().lastSequence()).isEqualTo(1);
    }

    @Test
    void idsThatDifferInCaseAreDifferent() {
        VmRecord lower = SampleRecords.record(1).id("web").build();
        VmRecord upper = SampleRecords.record(2).id("WEB").build();

        store.insert(lower);
        store.insert(upper);

        assertHolds(lower, upper);
    }

    @Test
    void updateReplacesTheRecord() {
        VmRecord created = SampleRecords.numbered(1);
        store.insert(created);
        store.insert(SampleRecords.numbered(2));

        VmRecord begun =
                created.begin(
                        new Intent(Operation.of(Action.BOOT), SampleRecords.CREATED),
                        SampleRecords.CREATED.plusSeconds(1));
        store.update(begun);
        assertHolds(begun, SampleRecords.numbered(2));

        VmRecord ended =
                begun.settle(
                        new VmState.Shutdown("the guest powered off"),
                        SampleRecords.CREATED.plusSeconds(2));
        store.update(ended);
        reopenStore();
        assertHolds(ended, SampleRecords.numbered(2));
    }

    @Test
    void updateOfAnUnknownVmIsRefused() {
        VmRecord record = SampleRecords.numbered(1);

        assertFails(() -> store.update(record), new VmFailure.UnknownVm(record.id()));
        assertHolds();
    }

    @Test
    void updateOfAnEarlierVmOfTheSameNameIsRefused() {
        VmRecord earlier = SampleRecords.record(1).id("web").build();
        VmRecord later = SampleRecords.record(2).id("web").build();
        store.insert(earlier);
        store.delete(earlier.id());
        store.insert(later);

        assertFails(() -> store.update(earlier), new VmFailure.UnknownVm(earlier.id()));
        assertHolds(later);
    }

    @Test
    void deletedRecordIsGoneAndItsIdFree() {
        VmRecord earlier = SampleRecords.record(1).id("web").build();
        VmRecord later = SampleRecords.record(2).id("web").build();
        store.insert(earlier);

        store.delete(earlier.id());
        reopenStore();
        assertHolds();

        store.insert(later);
        assertHolds(later);
    }

    @Test
    void deleteOfAnUnknownVmIsNoError() {
        store.insert(SampleRecords.numbered(1));

        store.delete(new VmId("nobody"));

        assertHolds(SampleRecords.numbered(1));
    }

    @Test
    void lastSequenceOutlivesItsRecord() {
        store.insert(SampleRecords.numbered(7));
        store.insert(SampleRecords.numbered(5));
        store.delete(new VmId("vm-7"));
        store.delete(new VmId("vm-5"));

        reopenStore();

        assertThat(store.load().lastSequence()).isEqualTo(7);
    }

    @Test
    void concurrentInsertsAllArrive() throws Exception {
        concurrently(i -> () -> insert(SampleRecords.numbered(i)));

        List<VmRecord> expected =
                LongStream.rangeClosed(1, CALLERS).mapToObj(SampleRecords::numbered).toList();
        assertThat(store.load().records()).isEqualTo(expected);
    }

    @Test
    void oneOfManyInsertsOfTheSameIdWins() throws Exception {
        List<Boolean> wins =
                concurrently(i -> () -> insert(SampleRecords.record(i).id("web").build()));

        assertThat(wins).containsOnlyOnce(true).hasSize(CALLERS);
        assertThat(store.load().records()).hasSize(1);
    }

    @Test
    void closedStoreIsUnavailable() {
        store.insert(SampleRecords.numbered(1));

        store.close();
        store.close();

        assertUnavailable(() -> store.load());
        assertUnavailable(() -> store.insert(SampleRecords.numbered(2)));
        assertUnavailable(() -> store.update(SampleRecords.numbered(1)));
        assertUnavailable(() -> store.delete(new VmId("vm-1")));
        reopenStore();
        assertHolds(SampleRecords.numbered(1));
    }

    private void reopenStore() {
        store.close();
        store = reopen();
    }

    private void assertHolds(VmRecord... records) {
        assertThat(store.load().records()).containsExactly(records);
    }

    /** Whether the id was free. */
    private boolean insert(VmRecord record) {
        try {
            store.insert(record);
            return true;
        } catch (VmException e) {
            assertThat(e.failure()).isEqualTo(new VmFailure.Duplicate(record.id()));
            return false;
        }
    }

    private static List<VmRecord> keepingIdentity(List<VmRecord> stored, List<VmRecord> others) {
        return IntStream.range(0, stored.size())
                .mapToObj(
                        i ->
                                new VmRecord(
                                        stored.get(i).identity(),
                                        others.get(i).definition(),
                                        others.get(i).state(),
                                        others.get(i).intent(),
                                        others.get(i).lastExit(),
                                        others.get(i).revision()))
                .toList();
    }

    private static <T> List<T> concurrently(IntFunction<Callable<T>> call)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> results =
                    IntStream.rangeClosed(1, CALLERS)
                            .mapToObj(i -> callers.submit(call.apply(i)))
                            .toList();
            List<T> values = new ArrayList<>();
            for (Future<T> result : results) {
                values.add(result.get(30, TimeUnit.SECONDS));
            }
            return values;
        }
    }

    private static void assertFails(ThrowingCallable call, VmFailure failure) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        VmException.class, e -> assertThat(e.failure()).isEqualTo(failure));
    }

    private static void assertUnavailable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class));
    }
}
