package com.unkey.vmcp.supervision.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.supervision.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleFilesTest {

    private static final String FIELD = "config.console.output";

    @TempDir Path temporary;
    private Path root;
    private Path directory;
    private Path kernel;
    private StateDirectory state;
    private LinuxHostInspector inspector;

    @BeforeEach
    void open() throws IOException {
        root = temporary.toRealPath();
        directory = Files.createDirectory(root.resolve("consoles"));
        chmod(directory, "rwxr-xr-x");
        kernel = Files.writeString(root.resolve("kernel"), "kernel");
        state = StateDirectory.open(root.resolve("state"), "s");
        restart();
    }

    private void restart() {
        inspector = LinuxHostInspector.open(state, List.of(), List.of(directory));
    }

    @AfterEach
    void close() {
        state.close();
    }

    @Test
    void makesTheFileForTheOwnerAlone() throws Exception {
        Path file = directory.resolve("vm.log");
        assertThat(inspected(file.toString())).contains(file);
        assertThat(file).doesNotExist();
        inspector.claimConsole(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void resolvesLinksOfTheDirectory() throws Exception {
        Files.createDirectory(directory.resolve("real"));
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("real"));
        assertThat(inspected(directory + "/link/vm.log"))
                .contains(directory.resolve("real/vm.log"));
        Files.createSymbolicLink(directory.resolve("out"), root);
        assertThat(problem(directory + "/out/vm.log")).contains("UNKEY_VMCP_CONSOLE_DIRS");
    }

    @Test
    void refusesPlacesElsewhere() {
        assertThat(problem("vm.log")).contains("absolute path");
        assertThat(problem("/")).contains("absolute path");
        assertThat(problem(directory + "/")).contains("must name a file");
        assertThat(problem(directory + "/..")).contains("must name a file");
        assertThat(problem("/etc/cron.d/x")).contains("UNKEY_VMCP_CONSOLE_DIRS");
        assertThat(problem(directory + "/../vm.log")).contains("UNKEY_VMCP_CONSOLE_DIRS");
        assertThat(problem(directory + "/missing/vm.log")).contains("no such file");
        assertThat(problem(directory.toString())).contains("UNKEY_VMCP_CONSOLE_DIRS");
    }

    @Test
    void refusesDirectoriesThatOthersMayChange() throws Exception {
        Path open = Files.createDirectories(directory.resolve("open/below"));
        chmod(open.getParent(), "rwxrwxrwx");
        assertThat(problem(open + "/vm.log")).contains("other users may change");
        chmod(open.getParent(), "rwxrwxr-x");
        assertThat(problem(open + "/vm.log")).contains("other users may change");
        chmod(open.getParent(), "rwxr-xr-x");
        assertThat(inspected(open + "/vm.log")).isPresent();
    }

    @Test
    void takesAStickyDirectoryOfItsOwnerButNoneOfSomebodyElse() throws Exception {
        Files.setAttribute(directory, "unix:mode", 01777);
        assertThat(inspected(directory + "/vm.log")).isPresent();
        assumeThat(state.owner()).as("only root can give files away").isZero();
        Files.setAttribute(directory, "unix:uid", 65534);
        assertThat(problem(directory + "/vm.log")).contains("other users may change");
    }

    @Test
    void trustsASystemGroupWithAnAllowedDirectoryOnly() throws Exception {
        assumeThat(state.owner()).as("only root has such directories").isZero();
        chmod(directory, "rwxrwxr-x");
        assertThat(inspected(directory + "/vm.log")).isPresent();
        Path below = Files.createDirectory(directory.resolve("below"));
        chmod(below, "rwxrwxr-x");
        assertThat(problem(below + "/vm.log")).contains("other users may change");
        Files.setAttribute(directory, "unix:gid", 1000);
        assertThat(problem(directory + "/vm.log")).contains("other users may change");
    }

    @Test
    void refusesWhatItDidNotMake() throws Exception {
        Path file = Files.writeString(directory.resolve("passwd"), "precious");
        assertThat(problem(file.toString())).contains("not made by the daemon");
        assertInvalid(file, "not made by the daemon");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThat(problem(link.toString())).contains("not made by the daemon");
        assertInvalid(link, "not made by the daemon");
        Path dangling = Files.createSymbolicLink(directory.resolve("d"), root.resolve("x"));
        assertInvalid(dangling, "not made by the daemon");
        assertThat(root.resolve("x")).doesNotExist();
        assertThat(file).hasContent("precious");
    }

    @Test
    void refusesAFileThatAnotherVmWrites() {
        Path file = directory.resolve("vm.log");
        inspector.claimConsole(file);
        assertThat(problem(file.toString())).contains("written by another VM");
        assertInvalid(file, "written by another VM");
        inspector.releaseConsole(file, false);
        inspector.claimConsole(file);
    }

    @Test
    void remembersWhatItMadeOverARestart() throws Exception {
        Path file = directory.resolve("vm.log");
        inspector.claimConsole(file);
        Files.writeString(file, "output");
        restart();
        assertThat(inspected(file.toString())).contains(file);
        inspector.reclaimConsole(file);
        assertInvalid(file, "written by another VM");
        inspector.releaseConsole(file, false);
        restart();
        inspector.claimConsole(file);
        assertThat(file).hasContent("output");
        inspector.releaseConsole(file, true);
        assertThat(file).as("made for an earlier VM").exists();
    }

    @Test
    void removesWhatTheClaimMadeEvenAfterARestart() {
        Path file = directory.resolve("vm.log");
        inspector.claimConsole(file);
        restart();
        inspector.releaseConsole(file, true);
        assertThat(file).doesNotExist();
        assertThat(state.consoleFiles()).isEmptyDirectory();
        inspector.claimConsole(file);
        assertThat(file).exists();
    }

    @Test
    void doesNotTakeAnotherFileInItsPlaceForItsOwn() throws Exception {
        Path file = directory.resolve("vm.log");
        inspector.claimConsole(file);
        inspector.releaseConsole(file, false);
        Files.move(file, directory.resolve("moved"));
        Files.writeString(file, "another");
        assertInvalid(file, "not made by the daemon");
    }

    @Test
    void takesAFileThatWasMadeJustBeforeTheDaemonDied() throws Exception {
        Path file = directory.resolve("vm.log");
        ConsoleNotes notes = new ConsoleNotes(state.consoleFiles());
        notes.write(ConsoleNotes.Note.beforeMaking(file));
        Files.createFile(file);
        restart();
        inspector.claimConsole(file);
        inspector.releaseConsole(file, true);
        assertThat(file).doesNotExist();
    }

    @Test
    void followsAFileThatWasMadeAnewForItsVm() throws Exception {
        Path file = directory.resolve("vm.log");
        inspector.claimConsole(file);
        Files.move(file, directory.resolve("rotated"));
        restart();
        inspector.reclaimConsole(file);
        Files.writeString(file, "made by the next process");
        inspector.releaseConsole(file, false);
        inspector.claimConsole(file);
    }

    @Test
    void forgetsFilesThatAreGone() throws Exception {
        Path file = directory.resolve("vm.log");
        inspector.claimConsole(file);
        Files.delete(file);
        restart();
        assertThat(state.consoleFiles()).isEmptyDirectory();
    }

    @Test
    void writesNothingWhereTheConsoleIsOff() {
        VmSpec.Devices devices =
                new VmSpec.Devices(
                        List.of(),
                        List.of(),
                        Optional.of(new VmSpec.Console(false, "/etc/passwd", "", "")));
        VmSpec spec = Specs.withConsole(kernel, "").withDevices(devices);
        assertThat(inspector.inspect(spec).violations()).isEmpty();
        assertThat(inspector.inspect(spec).files().orElseThrow().consoleOutput()).isEmpty();
    }

    private Optional<Path> inspected(String output) {
        var inspection = inspector.inspect(Specs.withConsole(kernel, output));
        assertThat(inspection.violations()).isEmpty();
        return inspection.files().orElseThrow().consoleOutput();
    }

    private String problem(String output) {
        List<Violation> violations =
                inspector.inspect(Specs.withConsole(kernel, output)).violations();
        assertThat(violations).extracting(Violation::field).containsExactly(FIELD);
        return violations.getFirst().message();
    }

    private void assertInvalid(Path file, String reason) {
        assertThatThrownBy(() -> inspector.claimConsole(file))
                .isInstanceOfSatisfying(
                        VmException.class,
                        e ->
                                assertThat(e.failure())
                                        .isInstanceOf(VmFailure.Invalid.class)
                                        .extracting(VmFailure::message)
                                        .asString()
                                        .startsWith(FIELD + ": ")
                                        .contains(reason));
    }

    private static void chmod(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
