package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.Sample.NetworkCounters;
import com.unkey.vmcp.core.port.Sample.StorageCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {

    @TempDir private Path directory;
    private Path file;
    private MetricsFile metrics;

    @BeforeEach
    void open() {
        file = directory.resolve("metrics");
        metrics = new MetricsFile(file, new DeviceIds(List.of("a", "b"), List.of("n")));
    }

    private static String line(int read) {
        return """
               {"utc_timestamp_ms":1,"block":{"read_bytes":9000},\
               "block_a":{"read_bytes":%d,"write_bytes":2,"read_count":3,"write_count":4},\
               "block_b":{"read_bytes":1},"block_c":{"read_bytes":9000},\
               "net_n":{"rx_bytes_count":5,"tx_bytes_count":6,"rx_packets_count":7,\
               "tx_packets_count":8}}
               """
                .formatted(read);
    }

    private void add(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void addsUpTheLinesOfTheVmsOwnDevices() throws IOException {
        add(line(10) + line(20));
        Reading read = metrics.after(Reading.NONE);
        assertThat(read.offset()).isEqualTo(Files.size(file));
        assertThat(read.usage().storage()).isEqualTo(new StorageCounters(32, 4, 6, 8));
        assertThat(read.usage().network()).isEqualTo(new NetworkCounters(10, 12, 14, 16));
    }

    @Test
    void readsOnFromWhereItStopped() throws IOException {
        add(line(10));
        Reading first = metrics.after(Reading.NONE);
        assertThat(metrics.after(first)).isEqualTo(first);
        add(line(100));
        assertThat(metrics.after(first).usage().storage().bytesRead()).isEqualTo(112);
    }

    @Test
    void aLineThatIsNotWholeIsLeftForLater() throws IOException {
        String second = line(100);
        add(line(10) + second.substring(0, 50));
        Reading first = metrics.after(Reading.NONE);
        assertThat(first.usage().storage().bytesRead()).isEqualTo(11);
        assertThat(first.offset()).isEqualTo(line(10).length());
        add(second.substring(50));
        assertThat(metrics.after(first).usage().storage().bytesRead()).isEqualTo(112);
    }

    @Test
    void whatWasFreedIsNoLine() throws IOException {
        add("\0".repeat(200_000) + line(10).substring(20) + line(20));
        assertThat(metrics.after(Reading.NONE).usage().storage().bytesRead()).isEqualTo(21);
    }

    @Test
    void aFileThatIsNotThereTellsNothing() {
        assertThat(metrics.after(Reading.NONE)).isEqualTo(Reading.NONE);
        assertThat(metrics.after(new Reading(7, Reading.NONE.usage())).offset()).isEqualTo(7);
    }

    @Test
    void aFileThatWasCutShortIsWaitedFor() throws IOException {
        add(line(10));
        Reading read = metrics.after(Reading.NONE);
        Files.writeString(file, "");
        assertThat(metrics.after(read)).isEqualTo(read);
        add("\0".repeat((int) read.offset()) + line(20));
        assertThat(metrics.after(read).usage().storage().bytesRead()).isEqualTo(32);
    }
}
