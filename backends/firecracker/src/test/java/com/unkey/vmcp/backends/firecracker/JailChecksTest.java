package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.guest.MiniGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JailChecksTest {

    private static final JailSettings.IdRange IDS = new JailSettings.IdRange(500, 509);
    private static final Path TRUE = Path.of("/bin/true");

    @TempDir Path root;

    @Test
    void namesTheVariableOfWhatIsWrong() throws Exception {
        if (Inode.of(Path.of("/proc/self")).uid() != 0) {
            assertThat(trouble(TRUE, root.resolve("jails"), Optional.empty())).contains("root");
            return;
        }
        Path open = Files.createDirectory(root.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path file = Files.createFile(root.resolve("file"));
        assertThat(trouble(root, root, Optional.empty()))
                .startsWith("UNKEY_VMCP_FC_JAILER names " + root);
        assertThat(trouble(TRUE, open, Optional.empty()))
                .startsWith("UNKEY_VMCP_FC_JAILER_CHROOT: " + open);
        assertThat(trouble(TRUE, file, Optional.empty()))
                .startsWith("UNKEY_VMCP_FC_JAILER_CHROOT names " + file);
        assertThat(trouble(TRUE, root.resolve("jails"), Optional.of(root.resolve("none"))))
                .startsWith("UNKEY_VMCP_FC_JAILER_NETNS names " + root);
        assertThat(trouble(TRUE, root.resolve("jails"), Optional.of(file))).isEmpty();
        assertThat(root.resolve("jails")).isDirectory();
    }

    private static String trouble(Path jailer, Path chroot, Optional<Path> netns) {
        JailSettings settings = new JailSettings(jailer, IDS, IDS, chroot, List.of(), netns);
        return new JailChecks(settings, new Cgroups(List.of())).trouble().orElse("");
    }

    @Test
    void refusesAProgramThatNeedsLibraries() throws Exception {
        Path shared = Path.of(System.getProperty("java.home"), "bin", "java");
        assertThat(JailChecks.programTrouble(shared))
                .hasValueSatisfying(words -> assertThat(words).contains("UNKEY_VMCP_FC_BINARY"));
        assertThat(JailChecks.programTrouble(Files.createFile(root.resolve("empty")))).isPresent();
        assertThat(JailChecks.programTrouble(root.resolve("none"))).isPresent();
        assertThat(JailChecks.programTrouble(MiniGuest.tick().writeTo(root))).isEmpty();
    }

    @Test
    void leavesSomebodysFilesInAJailsDirectoryAlone() throws Exception {
        JailDirectory jail = new JailDirectory(root.resolve("program/vm"));
        jail.make();
        jail.make();
        Path file = Files.createFile(jail.root().resolve("file"));
        jail.remove();
        assertThat(file).exists();
        Files.delete(file);
        jail.remove();
        jail.remove();
        assertThat(root.resolve("program")).isEmptyDirectory();
    }
}
