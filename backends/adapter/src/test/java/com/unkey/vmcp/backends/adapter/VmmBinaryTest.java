package com.unkey.vmcp.backends.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With scripts in the VMM's place. */
class VmmBinaryTest {

    @TempDir private Path directory;

    @Test
    void theFirstOnThePathIsAskedOnceUntilItChanges() throws IOException {
        Path script = script("some-vmm v53.0", Instant.EPOCH);
        VmmBinary binary =
                new VmmBinary(
                        Plans.PROGRAM,
                        Optional.empty(),
                        "relative:/nowhere:" + directory + ":/bin");
        VmmBinary.Found found = binary.find();
        assertThat(found.path()).isEqualTo(script);
        assertThat(found.version()).isEqualTo("53.0");
        assertThat(binary.find()).isEqualTo(found);
        assertThat(Files.readString(directory.resolve("asked"))).isEqualTo("asked --version\n");

        script("some-vmm v53.0", Instant.EPOCH.plusSeconds(1));
        assertThat(binary.find()).as("the same version after an upgrade").isNotEqualTo(found);
        script("some-vmm v54.1", Instant.EPOCH.plusSeconds(2));
        assertThat(binary.find().version()).isEqualTo("54.1");
    }

    @Test
    void isAskedAnythingElseWithoutTheDaemonsEnvironment() throws IOException {
        Path script = script("${HOME:-homeless}", Instant.EPOCH);
        VmmBinary binary = new VmmBinary(Plans.PROGRAM, Optional.of(script), "");
        assertThat(binary.ask(script, "-x", "y")).isEqualTo("homeless\n");
        assertThat(Files.readString(directory.resolve("asked"))).isEqualTo("asked -x y\n");
    }

    @Test
    void aProgramThatIsAnotherIsUnavailable() throws IOException {
        Path script = script("other-vmm v1", Instant.EPOCH);
        assertThat(refusal(Optional.of(script), ""))
                .isEqualTo("some-vmm is no Some VMM: --version tells no version");
    }

    @Test
    void noneAtAllIsUnavailableWithWhatToDo() {
        assertThat(refusal(Optional.empty(), directory.toString()))
                .isEqualTo(
                        "Some VMM is not there: no some-vmm on PATH;"
                                + " install some-vmm or set SOME_VMM_BINARY");
        Path absent = directory.resolve("absent");
        assertThat(refusal(Optional.of(absent), "/bin"))
                .isEqualTo(
                        "Some VMM is not there: SOME_VMM_BINARY names %s, which is no executable"
                                .formatted(absent));
    }

    private static String refusal(Optional<Path> named, String searchPath) {
        VmmBinary binary = new VmmBinary(Plans.PROGRAM, named, searchPath);
        StringBuilder message = new StringBuilder();
        assertThatThrownBy(binary::find)
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> {
                            assertThat(e.failure()).isInstanceOf(VmFailure.Unavailable.class);
                            message.append(e.getMessage());
                        });
        return message.toString();
    }

    private Path script(String says, Instant modified) throws IOException {
        Path script = directory.resolve("some-vmm");
        Files.writeString(
                script,
                """
                #!/bin/sh
                echo asked "$@" >>%s/asked
                echo "%s"
                """
                        .formatted(directory, says));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Files.setLastModifiedTime(script, FileTime.from(modified));
        return script;
    }
}
