package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page on adding a backend quotes what is there. */
class AddingABackendTest {

    private static final Path PROJECT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(java|xml)\n(.*?)^```$");

    /** Code of the page and the kind of file that it is from. */
    record Quotation(String kind, String code) {

        @Override
        public String toString() {
            return code.lines().findFirst().orElse("").strip();
        }
    }

    static List<Quotation> quotations() throws IOException {
        Matcher blocks =
                BLOCK.matcher(Files.readString(PROJECT.resolve("docs/adding-a-backend.md")));
        return blocks.results()
                .map(block -> new Quotation(block.group(1), block.group(2)))
                .toList();
    }

    static Stream<Path> quoted() throws IOException {
        try (Stream<Path> folder = Files.walk(PROJECT.resolve("backends/in-memory"))) {
            List<Path> inFolder = folder.filter(Files::isRegularFile).toList();
            return Stream.concat(
                    inFolder.stream(),
                    Stream.of(
                                    "pom.xml",
                                    "daemon/pom.xml",
                                    "daemon/src/main/java/com/unkey/vmcp/daemon/Wiring.java",
                                    "daemon/src/test/java/com/unkey/vmcp/daemon/FurtherBackendTest.java")
                            .map(PROJECT::resolve));
        }
    }

    @ParameterizedTest
    @MethodSource("quotations")
    void whatThePageQuotesIsThere(Quotation quotation) throws IOException {
        assertThat(quoted())
                .filteredOn(file -> file.toString().endsWith("." + quotation.kind()))
                .as("files that have it")
                .anyMatch(file -> read(file).contains(quotation.code()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
