package com.unkey.vmcp.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.ProcessHost.Bind;
import com.unkey.vmcp.core.port.ProcessHost.Enclosure;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process sees that is started in an enclosure; a daemon that is not root makes none. */
class EnclosureTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long ANOTHER_USER = 12345;

    @TempDir Path directory;
    private HostFixture fixture;
    private Path root;
    private Path disk;

    @BeforeAll
    static void asRoot() throws IOException {
        assumeTrue(Libc.geteuid() == 0, "needs VMM binary run by root: enclosures are for jails");
    }

    @BeforeEach
    void open() throws IOException {
        fixture = new HostFixture(directory.resolve("state"));
        root = Files.createDirectory(directory.resolve("root"));
        disk = Files.writeString(directory.resolve("disk"), "a disk");
        Files.setLastModifiedTime(disk, FileTime.fromMillis(1_000_000));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        fixture.host().discard(HostFixture.VM);
        fixture.close();
        assertThat(Processes.of(directory)).isEmpty();
        assertThat(root).isEmptyDirectory();
        assertThat(disk).hasContent("a disk");
        assertThat(Files.getLastModifiedTime(disk).toMillis()).isEqualTo(1_000_000);
    }

    @Test
    void showsFilesOfTheHostWhereTheProcessExpectsThem() throws Exception {
        assertThat(said(readOnly("/guest/a/disk"), "cat guest/a/disk")).containsExactly("a disk");
    }

    @Test
    void keepsReadOnlyFilesFromBeingWritten() throws Exception {
        assertThat(said(readOnly("/disk"), "echo x 2>&1 >>disk")).anyMatch(reads("Read-only"));
    }

    @Test
    void letsOthersBeWrittenInPlace() throws Exception {
        Path output = Files.createFile(directory.resolve("output"));
        said(new Bind(output, Path.of("/out"), false), "echo written >>out");
        assertThat(output).hasContent("written");
    }

    @Test
    void showsDirectories() throws Exception {
        Path outputs = Files.createDirectory(directory.resolve("outputs"));
        said(new Bind(outputs, outputs, false), "echo written >.%s/file".formatted(outputs));
        assertThat(outputs.resolve("file")).hasContent("written");
    }

    @Test
    void startsNothingFromWhatItShows() throws Exception {
        Bind shell = new Bind(Path.of("/bin/sh").toRealPath(), Path.of("/sh"), true);
        assertThat(said(shell, "./sh -c 'echo run' 2>&1")).anyMatch(reads("ermission denied"));
    }

    @Test
    void isSeenByItsProcessAlone() throws Exception {
        HostedProcess process = spawn(readOnly("/disk"), "exec sleep 1000");
        Path table = Path.of("/proc", Long.toString(process.pid()), "mountinfo");
        assertThat(Files.readString(table)).contains(root + "/disk");
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain("" + root);
        assertThat(root).isEmptyDirectory();
        process.kill();
        assertThat(process.awaitExit(LIMIT)).isTrue();
    }

    @Test
    void leavesNothingWhereSomethingCannotBeShown() {
        Bind missing = new Bind(directory.resolve("missing"), Path.of("/disk"), true);
        assertThatThrownBy(() -> spawn(missing, "true")).isInstanceOf(VmException.class);
        assertThat(fixture.host().find(HostFixture.VM)).isEmpty();
    }

    @Test
    void takesNoPlaceWithinAnother() {
        assertThatThrownBy(
                        () ->
                                new Enclosure(
                                        1, root, 1, List.of(readOnly("/a-b/c"), readOnly("/a-b"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/a-b/c");
        assertThatThrownBy(() -> readOnly("/a/../b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> readOnly("a")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itsLostProcessIsFoundUnderItsLaterUser() throws Exception {
        fixture.host().makeRunDirectory(HostFixture.VM);
        ProcessRecord.before(fixture.planEnclosed(enclosure(), "none"), Proc.bootId())
                .write(fixture.runDirectory());
        Process vmm = asUser(ANOTHER_USER);
        Await.until("found", () -> fixture.host().find(HostFixture.VM).isPresent());
        assertThat(fixture.host().find(HostFixture.VM).orElseThrow().pid()).isEqualTo(vmm.pid());
    }

    @Test
    void itsLostProcessIsNobodyElse() throws Exception {
        fixture.host().makeRunDirectory(HostFixture.VM);
        ProcessRecord.before(fixture.planEnclosed(enclosure(), "none"), Proc.bootId())
                .write(fixture.runDirectory());
        Process vmm = asUser(ANOTHER_USER + 1);
        try {
            Await.until("user", () -> Proc.user(vmm.pid()).equals(Optional.of(ANOTHER_USER + 1)));
            assertThat(fixture.host().find(HostFixture.VM)).isEmpty();
        } finally {
            vmm.destroyForcibly().waitFor();
        }
    }

    /** In a session of its own, with the run directory in its arguments. */
    private Process asUser(long user) throws IOException {
        return new ProcessBuilder(
                        "/usr/bin/setsid",
                        "/usr/bin/setpriv",
                        "--reuid=" + user,
                        "--clear-groups",
                        "/bin/sh",
                        "-c",
                        "sleep 1000; true",
                        fixture.runDirectory().resolve("api.sock").toString())
                .start();
    }

    private Bind readOnly(String inside) {
        return new Bind(disk, Path.of(inside), true);
    }

    private Enclosure enclosure(Bind... binds) {
        return new Enclosure(ANOTHER_USER, root, 1 << 20, List.of(binds));
    }

    private HostedProcess spawn(Bind bind, String script) {
        String command = "cd %s; %s".formatted(root, script);
        return (HostedProcess)
                fixture.host()
                        .spawn(fixture.planEnclosed(enclosure(bind), "/bin/sh", "-c", command));
    }

    private List<String> said(Bind bind, String script) throws IOException {
        HostedProcess process = spawn(bind, script);
        assertThat(process.awaitExit(LIMIT)).isTrue();
        return Files.readAllLines(fixture.log());
    }

    private static Predicate<String> reads(String word) {
        return line -> line.contains(word);
    }
}
