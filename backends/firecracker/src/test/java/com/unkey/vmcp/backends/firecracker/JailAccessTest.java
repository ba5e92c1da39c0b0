package com.unkey.vmcp.backends.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.testkit.hypervisor.Vms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JailAccessTest {

    private static final JailIds.Ids SOMEBODY = new JailIds.Ids(500, 600);
    private static final int FILE = 0100000;

    @TempDir Path root;

    @ParameterizedTest
    @CsvSource({
        "0600, 500, 0, true, true",
        "0400, 500, 0, true, false",
        "0066, 500, 600, false, false",
        "0060, 0, 600, true, true",
        "0040, 0, 600, true, false",
        "0606, 0, 600, false, false",
        "0006, 0, 0, true, true",
        "0004, 0, 0, true, false",
        "0660, 0, 0, false, false",
        "0200, 500, 0, false, false"
    })
    void goesByTheOneSetOfBitsThatApplies(
            String mode, int uid, int gid, boolean reads, boolean writes) {
        Inode inode = new Inode(FILE | Integer.parseInt(mode, 8), uid, gid, 1);
        assertThat(inode.opensFor(SOMEBODY, false)).isEqualTo(reads);
        assertThat(inode.opensFor(SOMEBODY, true)).isEqualTo(writes);
    }

    @Test
    void namesAllFilesByTheirFields() throws Exception {
        Path kernel = file("kernel", "rw-------");
        Path initrd = file("initrd", "rw-------");
        Path shown = file("shown.raw", "rw-r--r--");
        Path closed = file("closed.raw", "rw-r--r--");
        LaunchPlan plan =
                Vms.of(kernel)
                        .initrd(initrd)
                        .disk(shown, DiskFormat.RAW, true, false)
                        .disk(closed, DiskFormat.RAW, false, false)
                        .plan();
        assertThatThrownBy(
                        () ->
                                JailAccess.require(
                                        plan,
                                        SOMEBODY,
                                        List.of(kernel, initrd, shown),
                                        List.of(closed)))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("config.boot.kernel_path")
                .hasMessageContaining("config.boot.initrd_path")
                .hasMessageContaining("config.storage[1].path")
                .hasMessageContaining("by uid 500 and gid 600")
                .hasMessageContaining("mode 0644")
                .hasMessageNotContaining("config.storage[0]");
    }

    @Test
    void takesFilesThatAreOpenWhateverTheirDirectoryIs() throws Exception {
        Path kernel = file("kernel", "rw-r--r--");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        LaunchPlan plan = Vms.of(kernel).plan();
        assertThatCode(() -> JailAccess.require(plan, SOMEBODY, List.of(kernel), List.of()))
                .doesNotThrowAnyException();
    }

    private Path file(String name, String mode) throws IOException {
        Path file = Files.createFile(root.resolve(name));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
