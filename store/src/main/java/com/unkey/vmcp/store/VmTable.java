package com.unkey.vmcp.store;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.VmStore.Secret;
import com.unkey.vmcp.core.vm.BackendName;
import com.unkey.vmcp.core.vm.Revision;
import com.unkey.vmcp.core.vm.ShortId;
import com.unkey.vmcp.core.vm.VmId;
import com.unkey.vmcp.core.vm.VmIdentity;
import com.unkey.vmcp.store.StoredVm.Documents;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements on {@code vms} and {@code meta}. Used on one thread, inside a transaction. */
final class VmTable implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(VmTable.class);

    private static final int SECRET_BYTES = 32;

    private final PreparedStatement insert;
    private final PreparedStatement raiseLastSequence;
    private final PreparedStatement update;
    private final PreparedStatement delete;
    private final PreparedStatement selectVms;
    private final PreparedStatement selectMeta;
    private final PreparedStatement insertMeta;

    VmTable(Connection connection) throws SQLException {
        insert =
                connection.prepareStatement(
                        """
                        INSERT INTO vms (id, short_id, sequence, backend, created,
                            definition, state, intent, last_exit, revision, modified)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (id) DO NOTHING""");
        raiseLastSequence =
                connection.prepareStatement(
                        "UPDATE meta SET last_sequence = max(last_sequence, ?)");
        update =
                connection.prepareStatement(
                        """
                        UPDATE vms SET definition = ?, state = ?, intent = ?, last_exit = ?,
                            revision = ?, modified = ?
                        WHERE id = ? AND sequence = ?""");
        delete = connection.prepareStatement("DELETE FROM vms WHERE id = ?");
        selectVms = connection.prepareStatement("SELECT * FROM vms ORDER BY sequence");
        selectMeta = connection.prepareStatement("SELECT last_sequence, secret FROM meta");
        insertMeta =
                connection.prepareStatement(
                        "INSERT OR IGNORE INTO meta (one, last_sequence, secret) VALUES (1, 0, ?)");
    }

    /** What {@link #read} finds. */
    record Rows(List<StoredVm> vms, long lastSequence, Secret secret) {}

    /** Makes the row of {@code meta} where it is missing; its secret is never made again. */
    void initialise() throws SQLException {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        insertMeta.setBytes(1, secret);
        insertMeta.executeUpdate();
    }

    void insert(StoredVm vm) throws SQLException {
        VmIdentity identity = vm.identity();
        insert.setString(1, identity.id().value());
        insert.setString(2, identity.shortId().value());
        insert.setLong(3, identity.sequence());
        insert.setString(4, identity.backend().value());
        insert.setString(5, identity.created().toString());
        bindChanging(insert, 6, vm);
        if (insertedRows(vm) == 0) {
            throw new VmException(new VmFailure.Duplicate(vm.id()));
        }
        raiseLastSequence.setLong(1, identity.sequence());
        raiseLastSequence.executeUpdate();
    }

    /** Short ids and sequences are ours to make, so one that is taken is nobody's wish. */
    private int insertedRows(StoredVm vm) throws SQLException {
        try {
            return insert.executeUpdate();
        } catch (SQLException e) {
            if (SqlFailures.isConstraint(e)) {
                throw VmException.unavailable(
                        "insert of vm_id \"" + vm.id() + "\": its short id or sequence is taken",
                        e);
            }
            throw e;
        }
    }

    void update(StoredVm vm) throws SQLException {
        bindChanging(update, 1, vm);
        update.setString(7, vm.id().value());
        update.setLong(8, vm.identity().sequence());
        if (update.executeUpdate() == 0) {
            throw new VmException(new VmFailure.UnknownVm(vm.id()));
        }
    }

    void delete(VmId id) throws SQLException {
        delete.setString(1, id.value());
        delete.executeUpdate();
    }

    Rows read() throws SQLException {
        List<StoredVm> vms = new ArrayList<>();
        try (ResultSet row = selectVms.executeQuery()) {
            while (row.next()) {
                vms.add(vm(row));
            }
        }
        try (ResultSet meta = selectMeta.executeQuery()) {
            meta.next();
            Secret secret = new Secret(meta.getBytes("secret"));
            return new Rows(vms, meta.getLong("last_sequence"), secret);
        }
    }

    @Override
    public void close() {
        for (PreparedStatement statement :
                List.of(
                        insert,
                        raiseLastSequence,
                        update,
                        delete,
                        selectVms,
                        selectMeta,
                        insertMeta)) {
            close(statement);
        }
    }

    private static void close(PreparedStatement statement) {
        try {
            statement.close();
        } catch (SQLException e) {
            log.debug("a statement did not close", e);
        }
    }

    /** What an update can change, in the order in which both statements have it. */
    private static void bindChanging(PreparedStatement statement, int first, StoredVm vm)
            throws SQLException {
        Documents documents = vm.documents();
        statement.setString(first, documents.definition());
        statement.setString(first + 1, documents.state());
        statement.setString(first + 2, documents.intent().orElse(null));
        statement.setString(first + 3, documents.lastExit().orElse(null));
        statement.setLong(first + 4, vm.revision().number());
        statement.setString(first + 5, vm.revision().at().toString());
    }

    private static StoredVm vm(ResultSet row) throws SQLException {
        VmIdentity identity =
                new VmIdentity(
                        new VmId(row.getString("id")),
                        new ShortId(row.getString("short_id")),
                        row.getLong("sequence"),
                        new BackendName(row.getString("backend")),
                        Instant.parse(row.getString("created")));
        Documents documents =
                new Documents(
                        row.getString("definition"),
                        row.getString("state"),
                        Optional.ofNullable(row.getString("intent")),
                        Optional.ofNullable(row.getString("last_exit")));
        Revision revision =
                new Revision(row.getLong("revision"), Instant.parse(row.getString("modified")));
        return new StoredVm(identity, documents, revision);
    }
}
