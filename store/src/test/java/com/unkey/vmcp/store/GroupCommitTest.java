package com.unkey.vmcp.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.VmRecord;
import com.unkey.vmcp.testkit.store.SampleRecords;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {

    private static final int PAGES = 40;

    @TempDir private Path directory;
    private Database database;
    private GroupCommit commits;

    @BeforeEach
    void open() throws Exception {
        database = Database.open(directory, Migrations.shipped(), PAGES);
        commits = new GroupCommit(database);
        commits.commit(List.of(job(VmTable::initialise)));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void refusedJobIsUndoneAndItsNeighboursAreNot() {
        PendingJob<?> first = insert(SampleRecords.numbered(1));
        PendingJob<?> duplicate = insert(SampleRecords.record(2).id("vm-1").build());
        PendingJob<?> third = insert(SampleRecords.numbered(3));

        commits.commit(List.of(first, duplicate, third));

        assertDone(first);
        assertDone(third);
        assertFailed(duplicate, VmFailure.Duplicate.class);
        assertStored("vm-1", "vm-3");
    }

    @Test
    void jobThatBreaksHalfwayIsUndoneAndItsNeighboursAreNot() {
        StoredVm vm = StoredVm.of(SampleRecords.numbered(2));
        PendingJob<?> first = insert(SampleRecords.numbered(1));
        PendingJob<?> broken =
                job(
                        vms -> {
                            vms.insert(vm);
                            throw new IllegalStateException("halfway");
                        });
        PendingJob<?> third = insert(SampleRecords.numbered(3));

        commits.commit(List.of(first, broken, third));

        assertDone(first);
        assertDone(third);
        assertFailed(broken, VmFailure.Unavailable.class);
        assertStored("vm-1", "vm-3");
    }

    @Test
    void jobThatDoesNotFitTheDiskFailsAlone() {
        PendingJob<?> first = insert(SampleRecords.numbered(1));
        PendingJob<?> huge =
                insert(SampleRecords.record(2).lastExit("x".repeat(PAGES * 4096)).build());
        PendingJob<?> third = insert(SampleRecords.numbered(3));

        commits.commit(List.of(first, huge, third));

        assertDone(first);
        assertDone(third);
        assertFailed(huge, VmFailure.LimitReached.class);
        assertStored("vm-1", "vm-3");
    }

    private void assertStored(String... ids) {
        PendingJob<VmTable.Rows> read = new PendingJob<>("load", VmTable::read);
        commits.commit(List.of(read));
        assertThat(read.awaitEnd().vms()).extracting(vm -> vm.id().value()).containsExactly(ids);
    }

    private static PendingJob<?> insert(VmRecord record) {
        StoredVm vm = StoredVm.of(record);
        return job(vms -> vms.insert(vm));
    }

    private static PendingJob<?> job(PendingJob.Change change) {
        return new PendingJob<>("change", change.asJob());
    }

    private static void assertDone(PendingJob<?> job) {
        assertThat(job.awaitEnd()).isEqualTo(true);
    }

    private static void assertFailed(PendingJob<?> job, Class<? extends VmFailure> failure) {
        assertThatThrownBy(job::awaitEnd)
                .isInstanceOfSatisfying(
                        VmException.class, e -> assertThat(e.failure()).isInstanceOf(failure));
    }
}
