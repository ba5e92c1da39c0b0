package com.unkey.vmcp.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {

    private static final String FIRST =
            "PRAGMA application_id = 0x564D4350; CREATE TABLE one (x); INSERT INTO one VALUES (1);";
    private static final String SECOND = "ALTER TABLE one ADD COLUMN y; UPDATE one SET y = 2;";
    private static final String BROKEN = "CREATE TABLE three (x); INSERT INTO nowhere VALUES (1);";

    @TempDir private Path directory;

    @Test
    void newDatabaseGetsAllInOrder() throws Exception {
        try (Database database = open(FIRST, SECOND)) {
            assertThat(database.version()).isEqualTo(2);
            assertThat(number(database, "SELECT sum(x + y) FROM one")).isEqualTo(3);
        }
    }

    @Test
    void olderDatabaseGetsWhatItLacks() throws Exception {
        open(FIRST).close();

        try (Database database = open(FIRST, SECOND)) {
            assertThat(database.version()).isEqualTo(2);
            assertThat(number(database, "SELECT sum(x + y) FROM one")).isEqualTo(3);
        }
    }

    @Test
    void oneThatFailsLeavesNoTraceAndTheOnesBeforeItStand() throws Exception {
        assertThatThrownBy(() -> open(FIRST, SECOND, BROKEN))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("nowhere");

        try (Database database = open(FIRST, SECOND)) {
            assertThat(database.version()).isEqualTo(2);
            assertThat(number(database, "SELECT count(*) FROM sqlite_schema")).isEqualTo(1);
        }
    }

    private Database open(String... scripts) {
        return Database.open(directory, new Migrations(List.of(scripts)), Integer.MAX_VALUE);
    }

    private static long number(Database database, String query) throws SQLException {
        try (Statement statement = database.connection().createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getLong(1);
        }
    }
}
