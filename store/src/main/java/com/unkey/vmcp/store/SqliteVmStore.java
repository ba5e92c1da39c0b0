package com.unkey.vmcp.store;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.VmStore;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmRecord;
import java.nio.file.Path;

/**
 * Records in an SQLite database. One process may have a directory open at a time, and sees to that
 * by itself.
 *
 * <p>A call waits up to ten seconds for its turn, then fails with {@code Unavailable} and will not
 * happen. One whose turn has come is waited for to its end, whatever the deadline.
 */
public final class SqliteVmStore implements VmStore {

    private final StoreWriter writer;

    private SqliteVmStore(StoreWriter writer) {
        this.writer = writer;
    }

    /**
     * Opens the store in a directory, which must exist; makes it where there is none.
     *
     * @throws VmException with {@code Unavailable}, naming the file, where it is not a store of
     *     ours, is damaged, or was written by a newer version; the file is as it was then
     */
    public static SqliteVmStore open(Path directory) {
        return open(directory, StoreLimits.standard());
    }

    static SqliteVmStore open(Path directory, StoreLimits limits) {
        Migrations migrations = Migrations.shipped();
        return new SqliteVmStore(
                StoreWriter.start(
                        limits,
                        () -> Database.open(directory, migrations, limits.pages()),
                        VmTable::initialise));
    }

    @Override
    public Contents load() {
        VmTable.Rows rows = writer.call("load", VmTable::read);
        return new Contents(
                rows.vms().stream().map(StoredVm::toRecord).toList(),
                rows.lastSequence(),
                rows.secret());
    }

    @Override
    public void insert(VmRecord record) {
        StoredVm vm = StoredVm.of(record);
        write("insert", vm.id(), vms -> vms.insert(vm));
    }

    @Override
    public void update(VmRecord record) {
        StoredVm vm = StoredVm.of(record);
        write("update", vm.id(), vms -> vms.update(vm));
    }

    @Override
    public void delete(VmId id) {
        write("delete", id, vms -> vms.delete(id));
    }

    private void write(String verb, VmId id, PendingJob.Change change) {
        writer.call(verb + " of vm_id \"" + id + "\"", change.asJob());
    }

    @Override
    public void close() {
        writer.close();
    }
}
