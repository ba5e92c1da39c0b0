package com.unkey.vmcp.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.testkit.store.SampleRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseFileTest {

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve(Database.FILE_NAME);
    }

    @Test
    void filesAreForTheOwnerOnly() throws Exception {
        try (SqliteVmStore store = SqliteVmStore.open(directory)) {
            store.insert(SampleRecords.numbered(1));

            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files).hasSize(3).allSatisfy(DatabaseFileTest::assertPrivate);
            }
        }
    }

    @Test
    void modeThatIsTooWideIsNarrowed() throws Exception {
        SqliteVmStore.open(directory).close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        SqliteVmStore.open(directory).close();

        assertPrivate(file);
    }

    @Test
    void nothingButTheDatabaseIsLeftAfterClosing() throws Exception {
        try (SqliteVmStore store = SqliteVmStore.open(directory)) {
            store.insert(SampleRecords.numbered(1));
        }

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void everyStoreHasASecretOfItsOwn() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));

        try (SqliteVmStore one = SqliteVmStore.open(directory);
                SqliteVmStore two = SqliteVmStore.open(other)) {
            assertThat(one.load().secret().bytes()).isNotEqualTo(two.load().secret().bytes());
        }
    }

    @Test
    void directoryMayHaveAnyName() throws Exception {
        Path odd = Files.createDirectory(directory.resolve("a b?mode=memory#%20é"));

        try (SqliteVmStore store = SqliteVmStore.open(odd)) {
            store.insert(SampleRecords.numbered(1));
        }

        assertThat(odd.resolve(Database.FILE_NAME)).isNotEmptyFile();
    }

    @Test
    void missingDirectoryIsAnErrorThatNamesTheFile() {
        Path missing = directory.resolve("missing");

        assertRefused(missing, missing.resolve(Database.FILE_NAME).toString());
    }

    @Test
    void fileThatIsNoDatabaseIsRefusedAndLeftAlone() throws Exception {
        Files.writeString(file, "this is a text and by no means a database ".repeat(100));

        assertRefusedAndLeftAlone("cannot be opened", "SQLITE_NOTADB");
    }

    @Test
    void databaseOfAnotherProgramIsRefusedAndLeftAlone() throws Exception {
        execute("CREATE TABLE songs (title TEXT)");

        assertRefusedAndLeftAlone("another program");
    }

    @Test
    void newerSchemaIsRefusedNamingBothVersionsAndLeftAlone() throws Exception {
        SqliteVmStore.open(directory).close();
        execute("PRAGMA user_version = 7");

        assertRefusedAndLeftAlone("schema version 7", "versions up to 1");
    }

    @Test
    void damagedDatabaseIsRefusedAndLeftAlone() throws Exception {
        try (SqliteVmStore store = SqliteVmStore.open(directory)) {
            for (int i = 1; i <= 50; i++) {
                store.insert(SampleRecords.numbered(i));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 2 * 4096, bytes.length - 4096, (byte) 0x5a);
        Files.write(file, bytes);

        assertRefusedAndLeftAlone(Database.FILE_NAME);
    }

    @Test
    void emptyFileBecomesAStore() throws Exception {
        Files.createFile(file);

        try (SqliteVmStore store = SqliteVmStore.open(directory)) {
            assertThat(store.load().records()).isEmpty();
        }
    }

    @Test
    void stateKindIsThereForPeopleWhoLook() throws Exception {
        try (SqliteVmStore store = SqliteVmStore.open(directory)) {
            store.insert(SampleRecords.numbered(1));
        }

        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("SELECT id, state_kind FROM vms")) {
            assertThat(row.getString("id")).isEqualTo("vm-1");
            assertThat(row.getString("state_kind")).isEqualTo("CREATED");
        }
    }

    @Test
    void everyCommitIsFlushed() throws Exception {
        try (Database database = Database.open(directory, Migrations.shipped(), Integer.MAX_VALUE);
                Statement statement = database.connection().createStatement()) {
            assertThat(statement.executeQuery("PRAGMA journal_mode").getString(1)).isEqualTo("wal");
            assertThat(statement.executeQuery("PRAGMA synchronous").getInt(1)).isEqualTo(2);
            assertThat(statement.executeQuery("PRAGMA foreign_keys").getInt(1)).isEqualTo(1);
        }
    }

    private void assertRefusedAndLeftAlone(String... words) throws IOException {
        byte[] before = Files.readAllBytes(file);

        assertRefused(directory, words);
        assertRefused(directory, file.toString());

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    private static void assertRefused(Path directory, String... words) {
        assertThatThrownBy(() -> SqliteVmStore.open(directory).close())
                .hasMessageContainingAll(words)
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class));
    }

    private static void assertPrivate(Path path) throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .as(path.toString())
                .isEqualTo("rw-------");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }
}
