package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Every name that the reader asks for: it complains of each when all are nonsense. */
    private static Set<String> read() throws IOException {
        String source =
                Files.readString(Path.of("src/main/java/com/unkey/vmcp/daemon/ConfigReader.java"));
        return Pattern.compile(
                        "(?:text|flag|number|fraction|hostAndPort|paths?|socket|address|parsed)\\("
                                + "\\s*\"([A-Z_]+)\"")
                .matcher(source)
                .results()
                .map(call -> Variables.PREFIX + call.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
