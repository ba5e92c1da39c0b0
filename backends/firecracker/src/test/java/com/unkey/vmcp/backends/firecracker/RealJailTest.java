package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.port.VmmProcess;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.testkit.firecracker.JailerProgram;
import com.unkey.vmcp.testkit.guest.MiniGuest;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import com.unkey.vmcp.testkit.process.Await;
import com.unkey.vmcp.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jails as the real jailer makes them, seen from outside. */
class RealJailTest {

    private static final List<String> CGROUPS = List.of("pids.max=64");
    private static final int UID = JailFixture.UIDS.first();
    private static final int GID = JailFixture.GIDS.first();

    @TempDir Path root;
    private JailerProgram program;
    private JailFixture jails;
    private LaunchPlan vm;
    private Path disk;

    @BeforeEach
    void open() throws IOException {
        Optional<JailerProgram> installed = JailerProgram.installed();
        assumeTrue(installed.isPresent(), JailerProgram.MISSING);
        program = installed.get();
        jails = new JailFixture(program, root, CGROUPS, Optional.empty());
        Path kernel = MiniGuest.tick().writeTo(root);
        Files.setPosixFilePermissions(kernel, PosixFilePermissions.fromString("r--r--r--"));
        disk = Files.write(root.resolve("disk.raw"), new byte[1 << 20]);
        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setLastModifiedTime(disk, FileTime.fromMillis(1_000_000));
        vm = Vms.of(kernel).disk(disk, DiskFormat.RAW, false, false).plan();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (jails == null) {
            return;
        }
        jails.host().list().forEach(_ -> jails.delete(vm));
        jails.close();
        assertThat(Processes.of(root)).isEmpty();
        assertThat(jailDirectory()).doesNotExist();
        assertThat(groups()).isEmpty();
        assertThat(mounts("self")).doesNotContain(root.toString());
    }

    @Test
    void runsAGuestAsSomebodyWithoutPrivileges() throws Exception {
        VmmProcess process = jails.running(vm);
        assertThat(status(process))
                .contains("Uid:\t%1$d\t%1$d\t%1$d\t%1$d".formatted(UID))
                .contains("Gid:\t%1$d\t%1$d\t%1$d\t%1$d".formatted(GID))
                .anyMatch(line -> line.matches("Groups:\\s*"))
                .anyMatch(line -> line.matches("CapEff:\\s*0+"))
                .anyMatch(line -> line.matches("CapBnd:.*|NoNewPrivs:.*"));
    }

    @Test
    void showsTheGuestsFilesAndNoOthers() throws Exception {
        VmmProcess process = jails.running(vm);
        assertThat(mounts(pid(process)).lines().map(line -> line.split(" ", -1)[4]))
                .containsExactlyInAnyOrder(
                        "/",
                        jails.runDirectory(vm).resolve("jail").toString(),
                        "/guest-files" + disk,
                        "/guest-files" + vm.definition().files().kernel());
        assertThat(mountLine(process, vm.definition().files().kernel())).contains(" ro,");
        assertThat(mountLine(process, disk)).contains(" rw,");
    }

    private static String mountLine(VmmProcess process, Path file) throws IOException {
        return mounts(pid(process))
                .lines()
                .filter(line -> line.contains(" /guest-files" + file + " "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void mountsNothingInTheHostAndKeepsItsDirectoryEmpty() throws Exception {
        jails.running(vm);
        assertThat(mounts("self")).doesNotContain(root.toString());
        assertThat(jailDirectory().resolve("root")).isEmptyDirectory();
    }

    @Test
    void leavesAUsersFileAsItIs() throws Exception {
        Inode before = Inode.of(disk);
        jails.running(vm);
        jails.delete(vm);
        assertThat(Inode.of(disk)).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(disk).toMillis()).isEqualTo(1_000_000);
    }

    @Test
    void refusesADiskThatTheJailedUserCannotWrite() throws Exception {
        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> jails.furnish(vm))
                .isInstanceOfSatisfying(
                        VmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(VmFailure.Invalid.class))
                .hasMessageContaining("config.storage[0].path")
                .hasMessageContaining(disk.toString());
        assertThat(jailDirectory()).doesNotExist();
        assertThat(JailNote.load(jails.runDirectory(vm))).isEmpty();
    }

    @Test
    void putsTheProcessIntoItsControlGroups() throws Exception {
        VmmProcess process = jails.running(vm);
        assertThat(groups()).hasSize(1);
        assertThat(groups().getFirst().resolve("pids.max")).hasContent("64");
        assertThat(Files.readAllLines(groups().getFirst().resolve("cgroup.procs")))
                .containsExactly(pid(process));
    }

    @Test
    void joinsTheNetworkNamespace() throws Exception {
        Process other = new ProcessBuilder("unshare", "--net", "sleep", "1000").start();
        Path namespace = Path.of("/proc", Long.toString(other.pid()), "ns/net");
        try {
            Await.until("namespace", () -> !net("self").equals(Files.readSymbolicLink(namespace)));
            jails.close();
            jails = new JailFixture(program, root, List.of(), Optional.of(namespace));
            assertThat(net(pid(jails.running(vm)))).isEqualTo(Files.readSymbolicLink(namespace));
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    private static Path net(String pid) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", pid, "ns/net"));
    }

    @Test
    void followsNoLinkThatTheJailedUserPlants() throws Exception {
        jails.serving(vm);
        Path socket = jails.runDirectory(vm).resolve("jail/fc.sock");
        Files.delete(socket);
        Files.createSymbolicLink(socket, Path.of("/run/another.sock"));
        assertThatThrownBy(() -> jails.housing().settled(vm.shortId()))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("fc.sock");
    }

    @Test
    void takesTheRunFilesAwayFromTheJailedUserOnceItServes() throws Exception {
        jails.running(vm);
        Inode directory = Inode.of(jails.runDirectory(vm).resolve("jail"));
        assertThat(directory.isRootsAlone()).isTrue();
        assertThat(directory.permissions()).isEqualTo("0700");
    }

    @Test
    void isFoundByTheNextDaemonWhichSettlesIt() throws Exception {
        VmmProcess process = jails.serving(vm);
        restartDaemon();
        Place place = jails.housing().find(vm.shortId());
        assertThat(Inode.of(jails.runDirectory(vm).resolve("jail")).isRootsAlone()).isTrue();
        jails.boot(vm, place);
        assertThat(jails.host().find(vm.shortId()).orElseThrow().pid()).isEqualTo(process.pid());
    }

    @Test
    void givesTheNextProcessTheSameUserAndAFreshJail() throws Exception {
        VmmProcess first = jails.running(vm);
        first.kill();
        assertThat(first.awaitExit(Await.LIMIT)).isTrue();
        restartDaemon();
        VmmProcess second = jails.running(vm);
        assertThat(status(second)).contains("Uid:\t%1$d\t%1$d\t%1$d\t%1$d".formatted(UID));
    }

    @Test
    void isGoneWithAProcessThatWasKilledWhileNobodyWatched() throws Exception {
        VmmProcess process = jails.running(vm);
        jails.close();
        ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
        Await.until("end", () -> Processes.of(root).isEmpty());
        jails = new JailFixture(program, root, List.of(), Optional.empty());
        jails.housing().clear(vm.shortId());
        assertThat(jailDirectory()).doesNotExist();
        assertThat(groups()).isEmpty();
        jails.housing().clear(vm.shortId());
    }

    @Test
    void isGoneWhereverTheDaemonDies() throws Exception {
        for (String moment : List.of("furnished", "spawned", "serving", "settled")) {
            jails.close();
            DyingDaemon.run(program, root, moment);
            jails = new JailFixture(program, root, CGROUPS, Optional.empty());
            assertThat(jails.host().list()).as(moment).hasSize(1);
            assertThat(jails.host().find(jails.host().list().iterator().next()).isPresent())
                    .as(moment)
                    .isEqualTo(!moment.equals("furnished"));
            jails.host().list().forEach(id -> DyingDaemon.undo(jails, id));
            assertThat(JailFixture.chroot(root).resolve(program.firecracker().getFileName()))
                    .as(moment)
                    .isEmptyDirectory();
            assertThat(Processes.of(root.resolve("state"))).as(moment).isEmpty();
        }
    }

    private void restartDaemon() {
        jails.close();
        jails = new JailFixture(program, root, CGROUPS, Optional.empty());
    }

    private Path jailDirectory() {
        return JailDirectory.of(JailFixture.chroot(root), program.firecracker(), vm.shortId())
                .path();
    }

    private List<Path> groups() throws IOException {
        try (var hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            return hierarchies
                    .map(each -> each.resolve(Cgroups.PARENT).resolve(vm.shortId().value()))
                    .filter(Files::isDirectory)
                    .toList();
        }
    }

    private static List<String> status(VmmProcess process) throws IOException {
        return Files.readAllLines(Path.of("/proc", pid(process), "status"));
    }

    private static String mounts(String pid) throws IOException {
        return Files.readString(Path.of("/proc", pid, "mountinfo"));
    }

    private static String pid(VmmProcess process) {
        return Long.toString(process.pid());
    }
}
