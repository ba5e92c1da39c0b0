package com.unkey.vmcp.store;

import com.unkey.vmcp.core.failure.VmException;
import java.sql.SQLException;
import java.util.List;

/**
 * Runs jobs in shared transactions. One that is refused, a duplicate for one, is undone by itself;
 * trouble with the database undoes the transaction, whereupon each job gets one of its own, so that
 * each answers for itself.
 */
final class GroupCommit {

    private final Database database;
    private VmTable vms;

    /** Takes a database that is open and migrated. */
    GroupCommit(Database database) throws SQLException {
        this.database = database;
        this.vms = new VmTable(database.connection());
    }

    /** Runs the jobs and tells every caller. */
    void commit(List<PendingJob<?>> jobs) {
        try {
            transact(jobs);
            jobs.forEach(PendingJob::release);
        } catch (SQLException | RuntimeException | Error e) {
            database.rollback(e);
            prepareAnew(e);
            if (jobs.size() == 1) {
                jobs.getFirst().fail(e);
            } else {
                jobs.forEach(job -> commit(List.of(job)));
            }
        }
    }

    /** The driver gives up a statement that failed in a way it does not expect. */
    private void prepareAnew(Throwable reason) {
        vms.close();
        try {
            vms = new VmTable(database.connection());
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private void transact(List<PendingJob<?>> jobs) throws SQLException {
        database.begin();
        for (PendingJob<?> job : jobs) {
            attempt(job);
        }
        database.commit();
    }

    private void attempt(PendingJob<?> job) throws SQLException {
        database.execute("SAVEPOINT job");
        try {
            job.run(vms);
        } catch (VmException refusal) {
            database.execute("ROLLBACK TO job");
            job.refuse(refusal);
        }
        database.execute("RELEASE job");
    }
}
