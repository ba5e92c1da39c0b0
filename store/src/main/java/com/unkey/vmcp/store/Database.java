package com.unkey.vmcp.store;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;

/**
 * The database file and the one connection to it. Used on one thread only, and not inside a
 * transaction of JDBC's: begin, commit and rollback are statements like any other.
 */
final class Database implements AutoCloseable {

    static final String FILE_NAME = "vmm-controlplane.db";

    private static final Logger log = LoggerFactory.getLogger(Database.class);

    /** As the first migration sets it. */
    private static final long APPLICATION_ID = 0x564D4350;

    private static final int BUSY_MILLIS = 5_000;

    private final Path file;
    private final Connection connection;

    private Database(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /**
     * Opens the database in a directory, makes it where there is none and migrates it.
     *
     * @throws VmException with {@code Unavailable} where the file is not ours, is damaged or newer
     *     than this daemon; it is unchanged then
     */
    static Database open(Path directory, Migrations migrations, long maxPages) {
        Path file = directory.resolve(FILE_NAME);
        try {
            createPrivately(file);
            Database database = new Database(file, connect(file));
            try {
                database.prepare(migrations, maxPages);
                return database;
            } catch (SQLException | IOException | RuntimeException e) {
                database.disconnect();
                throw e;
            }
        } catch (SQLException | IOException e) {
            throw VmException.unavailable(
                    "the state database " + file + " cannot be opened: " + e, e);
        }
    }

    /** SQLite gives its -wal and -shm files the mode of this one. */
    private static void createPrivately(Path file) throws IOException {
        if (Files.notExists(file)) {
            var mode = PosixFilePermissions.fromString("rw-------");
            Files.createFile(file, PosixFilePermissions.asFileAttribute(mode));
        }
    }

    /** As a URI, because the driver takes a {@code ?} in a plain path for options. */
    private static Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.setSynchronous(SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        return config.createConnection("jdbc:sqlite:" + file.toUri());
    }

    private void prepare(Migrations migrations, long maxPages) throws SQLException, IOException {
        checkOurs();
        migrations.checkKnown(file, version());
        checkIntact();
        restrictModes();
        execute("PRAGMA journal_mode = WAL");
        execute("PRAGMA max_page_count = " + maxPages);
        migrations.run(this);
    }

    private void checkOurs() throws SQLException {
        boolean empty = number("SELECT count(*) FROM sqlite_schema") == 0;
        if (!empty && number("PRAGMA application_id") != APPLICATION_ID) {
            throw VmException.unavailable(file + " is a database of another program");
        }
    }

    private void checkIntact() throws SQLException {
        String verdict = text("PRAGMA quick_check(1)");
        if (!verdict.equals("ok")) {
            throw VmException.unavailable("the state database " + file + " is damaged: " + verdict);
        }
    }

    private void restrictModes() throws IOException {
        for (String suffix : new String[] {"", "-wal", "-shm"}) {
            Path part = file.resolveSibling(FILE_NAME + suffix);
            if (Files.exists(part)) {
                Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-------"));
            }
        }
    }

    Connection connection() {
        return connection;
    }

    /** Number of the last migration that was run; 0 for an empty database. */
    long version() throws SQLException {
        return number("PRAGMA user_version");
    }

    void begin() throws SQLException {
        execute("BEGIN IMMEDIATE");
    }

    void commit() throws SQLException {
        execute("COMMIT");
    }

    /** Ends a transaction that failed; SQLite may have done so by itself already. */
    void rollback(Throwable reason) {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /** Executes one or more statements. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private long number(String query) throws SQLException {
        return Long.parseLong(text(query));
    }

    private String text(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getString(1);
        }
    }

    /** Moves what the WAL holds into the file; failing that, the next start does. */
    @Override
    public void close() {
        try {
            execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException e) {
            log.warn("{}: the write-ahead log stays for the next start", file, e);
        }
        disconnect();
    }

    private void disconnect() {
        try {
            connection.close();
        } catch (SQLException e) {
            log.warn("closing {} failed", file, e);
        }
    }
}
