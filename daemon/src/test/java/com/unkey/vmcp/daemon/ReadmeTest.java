package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the README states of the configuration is what the daemon reads. */
class ReadmeTest {

    private static final Path README = Path.of("../README.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(UNKEY_VMCP_[A-Z_]+)` \\|");

    @Test
    void theTableListsEveryVariableAndNoOther() throws IOException {
        Set<String> listed =
                ROW.matcher(Files.readString(README))
                        .results()
                        .map(row -> row.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(listed).isEqualTo(read());
    }

    private static Set<String> read() {
        ConfigReader reader = new ConfigReader(Map.of(), true, Wiring.BACKENDS);
        reader.read();
        return reader.known();
    }
}
