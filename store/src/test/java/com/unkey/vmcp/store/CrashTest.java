package com.unkey.vmcp.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.vm.VmRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {

    private static final int KILLS = 3;
    private static final int WRITES_BEFORE_KILL = 500;

    @TempDir private Path directory;

    /** Revision that was acknowledged last, by sequence. */
    private final Map<Long, Long> acknowledged = new HashMap<>();

    @Test
    @Timeout(90)
    void everythingAcknowledgedSurvivesSigkill() throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            writeUntilKilled(1 + kill * 1_000_000L);

            assertNothingIsLost();
            assertIntact();
        }
    }

    private void writeUntilKilled(long firstSequence) throws Exception {
        Process process = startWriter(firstSequence);
        try (BufferedReader lines = process.inputReader()) {
            for (int i = 0; i < WRITES_BEFORE_KILL; i++) {
                note(lines.readLine());
            }
            process.toHandle().destroyForcibly(); // which leaves the pipe open
            lines.lines().forEach(this::note);
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("SIGKILL").isEqualTo(128 + 9);
    }

    private Process startWriter(long firstSequence) throws IOException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingWriter.class.getName(),
                        directory.toString(),
                        Long.toString(firstSequence));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private void note(String line) {
        assertThat(line).as("the writer ended by itself").isNotNull();
        String[] words = line.split(" ", -1);
        acknowledged.merge(Long.valueOf(words[0]), Long.valueOf(words[1]), Math::max);
    }

    private void assertNothingIsLost() {
        try (SqliteVmStore store = SqliteVmStore.open(directory)) {
            Map<Long, VmRecord> stored =
                    store.load().records().stream()
                            .collect(
                                    Collectors.toMap(
                                            record -> record.identity().sequence(),
                                            Function.identity()));
            assertThat(acknowledged).hasSizeGreaterThan(WRITES_BEFORE_KILL / 4);
            assertThat(stored).containsKeys(acknowledged.keySet().toArray(Long[]::new));
            acknowledged.forEach(
                    (sequence, revision) ->
                            assertThat(stored.get(sequence).revision().number())
                                    .isGreaterThanOrEqualTo(revision));
        }
    }

    private void assertIntact() throws SQLException {
        String url = "jdbc:sqlite:" + directory.resolve(Database.FILE_NAME);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("PRAGMA integrity_check")) {
            assertThat(row.getString(1)).isEqualTo("ok");
        }
    }
}
