package com.unkey.vmcp.backends.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept beside a VMM: its last words, a note of its launch, leftovers of the one before. */
class RunDirectoryTest {

    @TempDir private Path directory;

    @Test
    void lastWordsAreTheLastLinesInTheClientsTerms() throws IOException {
        LaunchPlan plan =
                Plans.of(
                        Plans.spec("", Optional.empty(), Plans.disk("/link", false, false)),
                        Optional.empty());
        Path log = directory.resolve("vmm.log");
        LastWords words = new LastWords(Plans.PROGRAM, log, directory, plan);
        assertThat(words.after("it ended")).isEqualTo("it ended");

        Files.writeString(
                log,
                "\0".repeat(5000)
                        + "one\ntwo\n\nthree\n"
                        + "/opt/q/some-vmm: cannot open /real/link\n"
                        + "no "
                        + directory
                        + "/api.sock\nin "
                        + directory
                        + "\n");
        assertThat(words.after("it ended"))
                .isEqualTo(
                        "it ended: two; three; some-vmm: cannot open /link; no api.sock; in the run directory");
    }

    @Test
    void aNoteComesBackAsItWas() throws IOException {
        NoteFile file = new NoteFile(directory.resolve("note"));
        assertThat(file.load()).isEmpty();
        Map<String, String> note =
                Map.of(
                        "version", "v53.0",
                        "path", " /a b\\c=d:e#f!\tü ",
                        "a key: of=kinds", "1 2 3",
                        "lines", "one\ntwo\r\n",
                        "none", "");
        file.save(note);
        file.save(note);
        assertThat(file.load()).contains(note);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
    }

    @Test
    void aNoteThatCannotBeReadOrWrittenIsUnavailable() throws IOException {
        NoteFile garbled = new NoteFile(Files.writeString(directory.resolve("note"), "a=\\u12"));
        assertThatThrownBy(garbled::load)
                .isInstanceOf(VmException.class)
                .hasMessageContaining("cannot be read");
        NoteFile nowhere = new NoteFile(directory.resolve("absent/note"));
        assertThatThrownBy(() -> nowhere.save(Map.of()))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void leftoversGoAndTheLogIsKeptUnderAnotherName() throws IOException {
        Path log = Files.writeString(directory.resolve("vmm.log"), "words");
        Path socket = Files.createFile(directory.resolve("api.sock"));
        Path absent = directory.resolve("absent");
        EarlierLaunch.clearAway(log, List.of(socket, absent));
        EarlierLaunch.clearAway(log, List.of(socket, absent));
        assertThat(socket).doesNotExist();
        assertThat(log).doesNotExist();
        assertThat(directory.resolve("vmm.log.before")).hasContent("words");
    }
}
