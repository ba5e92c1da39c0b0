package com.unkey.vmcp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.e2e.SourceTree.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The project's own rules that no compiler knows. */
class TidyTest {

    private static final int LONGEST_FILE = 500;
    private static final int LONG_FILE = 350;
    private static final int LONGEST_METHOD = 60;

    /** Files that are long already. The list may only get shorter. */
    private static final Set<String> LONG_FILES = Set.of("VmKeeper.java");

    private static final Pattern TYPE =
            Pattern.compile("(?m)^\\s*(?:[a-z-]+ )*(?:class|interface|record|enum) (\\w+)");
    private static final Pattern BANNED_NAME =
            Pattern.compile(".*(?:Utils?|Helpers?|Manager|Impl|Common|Misc)");
    private static final Pattern WILDCARD =
            Pattern.compile("(?m)^import (?:static )?[\\w.]+\\.\\*;");
    private static final Pattern SLEEP =
            Pattern.compile("(?:Thread|TimeUnit\\.\\w+)\\s*\\.\\s*sleep\\(");
    // In pieces, so that this file keeps the rules itself.
    private static final Pattern NOTE_TO_SELF =
            Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern DISABLED = Pattern.compile("@" + "Disabled\\b");
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![\\w.*/-])/(?:wo" + "rk|ro" + "ot)/[\\w.]");
    private static final Pattern REGISTRY =
            Pattern.compile("(?i)artifac" + "tory|\\bnex" + "us[.-]|index" + "-proxy");

    @Test
    void noFileIsTooLong() {
        List<Source> sources = SourceTree.java();
        assertThat(sources.stream().filter(source -> source.lines() > LONGEST_FILE))
                .as("files of more than %d lines", LONGEST_FILE)
                .isEmpty();
        Set<String> grown =
                sources.stream()
                        .filter(source -> source.lines() > LONG_FILE)
                        .map(source -> source.path().getFileName().toString())
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(grown)
                .as("files of more than %d lines; one that got shorter leaves the list", LONG_FILE)
                .isEqualTo(new TreeSet<>(LONG_FILES));
    }

    @Test
    void noMethodIsTooLong() {
        assertThat(MethodLengths.longerThan(LONGEST_METHOD, SourceTree.java()))
                .as("methods of more than %d lines", LONGEST_METHOD)
                .isEmpty();
    }

    @Test
    void nothingSleeps() {
        assertThat(matches(SLEEP, SourceTree.java())).isEmpty();
    }

    @Test
    void noTestIsSwitchedOff() {
        assertThat(matches(DISABLED, SourceTree.java())).isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        assertThat(matches(NOTE_TO_SELF, SourceTree.texts())).isEmpty();
    }

    @Test
    void importsNameWhatTheyImport() {
        assertThat(matches(WILDCARD, SourceTree.java())).isEmpty();
    }

    @Test
    void namesSayWhatTypesAreFor() {
        List<String> banned = new ArrayList<>();
        for (Source source : SourceTree.java()) {
            TYPE.matcher(source.text())
                    .results()
                    .map(found -> found.group(1))
                    .filter(name -> BANNED_NAME.matcher(name).matches())
                    .forEach(name -> banned.add(source + ": " + name));
        }
        assertThat(banned).isEmpty();
    }

    @Test
    void everyPackageIsDescribed() {
        Set<Path> without = new TreeSet<>();
        for (Source source : SourceTree.java()) {
            Path directory = source.path().getParent();
            if (directory.toString().contains("src/main/java")
                    && !Files.exists(
                            DaemonProcess.PROJECT
                                    .resolve(directory)
                                    .resolve("package-info.java"))) {
                without.add(directory);
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void noMachineIsNamed() {
        assertThat(matches(MACHINE_PATH, SourceTree.texts())).isEmpty();
        assertThat(matches(REGISTRY, SourceTree.texts())).isEmpty();
    }

    @Test
    void changesAreLogged() {
        Path changelog = DaemonProcess.PROJECT.resolve("CHANGELOG.md");
        assertThat(changelog).content().containsPattern("(?m)^## \\[?Unreleased");
    }

    private static List<String> matches(Pattern pattern, List<Source> sources) {
        List<String> found = new ArrayList<>();
        for (Source source : sources) {
            Matcher matcher = pattern.matcher(source.text());
            while (matcher.find()) {
                long line = source.text().substring(0, matcher.start()).lines().count();
                found.add(source + ":" + Math.max(1, line) + ": " + matcher.group().strip());
            }
        }
        return found;
    }
}
