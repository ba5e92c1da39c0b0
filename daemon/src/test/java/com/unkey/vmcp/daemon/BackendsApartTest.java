package com.unkey.vmcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.backends.adapter.config.Variables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A backend costs a folder, an entry in the poms and a line in Wiring, and nothing anywhere else.
 */
class BackendsApartTest {

    private static final Path PROJECT = Path.of("..");
    private static final Path WIRING =
            Path.of("../daemon/src/main/java/com/unkey/vmcp/daemon/Wiring.java");

    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");

    /** Those that bring a backend; others below {@code backends} are what these share. */
    static List<String> folders() throws IOException {
        try (Stream<Path> entries = Files.list(PROJECT.resolve("backends"))) {
            List<String> folders =
                    entries.map(entry -> entry.getFileName().toString())
                            .filter(BackendsApartTest::bringsABackend)
                            .sorted()
                            .toList();
            assertThat(folders).contains("in-memory", "qemu");
            return folders;
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void whatRunsVmsOfAllBackendsNamesNone(String folder) {
        Pattern name = Pattern.compile("(?i)" + folder.replace("-", "[-_ ]?"));
        Set<Path> naming = new TreeSet<>();
        for (String module :
                List.of(
                        "core",
                        "connect",
                        "rpc",
                        "store",
                        "supervision",
                        "daemon",
                        "backends/adapter",
                        "backends/http")) {
            for (Path source : sources(module)) {
                String code = COMMENT.matcher(read(source)).replaceAll("");
                if (name.matcher(code).find()) {
                    naming.add(source);
                }
            }
        }
        naming.remove(WIRING);

        assertThat(naming).isEmpty();
    }

    @Test
    void theDaemonReadsNoVariableOfABackend() {
        Variables variables = new Variables(Map.of());
        Wiring.BACKENDS.forEach(backend -> backend.read(variables));
        List<String> found = new ArrayList<>();
        for (Path source : sources("daemon")) {
            String code = COMMENT.matcher(read(source)).replaceAll("");
            variables.asked().stream()
                    .map(name -> name.substring(Variables.PREFIX.length()))
                    .filter(name -> code.contains(name + "\""))
                    .forEach(name -> found.add(source + ": " + name));
        }

        assertThat(variables.asked()).isNotEmpty();
        assertThat(found).isEmpty();
    }

    @Test
    void aShippedBackendIsOneLineInWiring() {
        List<String> lines = read(WIRING).lines().toList();
        List<String> classes =
                Wiring.BACKENDS.stream().map(each -> each.getClass().getSimpleName()).toList();

        assertThat(classes).doesNotHaveDuplicates();
        for (String each : classes) {
            assertThat(lines)
                    .filteredOn(line -> !line.startsWith("import ") && line.contains(each))
                    .singleElement()
                    .asString()
                    .contains("new " + each + "()");
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void theRootPomAndTheDaemonsHaveABackendOnceAndNoOtherHasIt(String folder) throws IOException {
        String artifact = "<artifactId>backend-%s</artifactId>".formatted(folder);
        List<Path> naming = new ArrayList<>();
        try (Stream<Path> modules = Files.list(PROJECT)) {
            modules.map(module -> module.resolve("pom.xml"))
                    .filter(pom -> Files.exists(pom) && read(pom).contains(artifact))
                    .forEach(naming::add);
        }

        assertThat(naming).containsExactly(PROJECT.resolve("daemon/pom.xml"));
        assertThat(read(PROJECT.resolve("daemon/pom.xml"))).containsOnlyOnce(artifact);
        assertThat(read(PROJECT.resolve("pom.xml")))
                .containsOnlyOnce(artifact)
                .containsOnlyOnce("<module>backends/%s</module>".formatted(folder));
    }

    private static boolean bringsABackend(String folder) {
        return sources("backends/" + folder).stream()
                .anyMatch(source -> read(source).contains(" implements Backend {"));
    }

    private static List<Path> sources(String module) {
        Path main = PROJECT.resolve(module).resolve("src/main/java");
        try (Stream<Path> files = Files.walk(main)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
