package com.unkey.vmcp.supervision.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.core.port.HostInspector.Inspection;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import com.unkey.vmcp.supervision.StateDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxHostInspectorTest {

    private static final String KERNEL = "config.boot.kernel_path";
    private static final String FIRMWARE = "config.boot.boot_options.firmware";
    private static final String DISK = "config.storage[0].path";

    @TempDir Path directory;
    private StateDirectory state;
    private LinuxHostInspector inspector;
    private Path kernel;

    @BeforeEach
    void open() throws IOException {
        state = StateDirectory.open(directory.resolve("state"), "s");
        inspector = LinuxHostInspector.open(state, List.of(), List.of());
        kernel = Files.writeString(directory.resolve("kernel"), "kernel");
    }

    @AfterEach
    void close() {
        state.close();
    }

    @Test
    void resolvesTheFilesOfASoundSpec() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), kernel);
        Path raw = Files.writeString(directory.resolve("raw"), "MBR");
        VmSpec spec =
                Specs.spec(
                        Optional.of(
                                new VmSpec.Boot(link.toString(), kernel.toString(), "", Map.of())),
                        1,
                        List.of(Specs.disk(raw)),
                        "");
        Inspection inspection = inspector.inspect(spec);
        assertThat(inspection.violations()).isEmpty();
        assertThat(inspection.files())
                .contains(
                        new GuestFiles(
                                kernel,
                                Optional.of(kernel),
                                List.of(new DiskFile(raw, DiskFormat.RAW)),
                                Optional.empty()));
    }

    @Test
    void tellsAllThatIsWrongAtOnce() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty"));
        VmSpec spec =
                Specs.spec(
                        Optional.of(new VmSpec.Boot("kernel", "/nonexistent", "", Map.of())),
                        Long.MAX_VALUE,
                        List.of(
                                Specs.disk(empty),
                                Specs.disk(Path.of("/nonexistent")),
                                Specs.disk(kernel, Map.of("format", "vmdk"))),
                        "/etc/cron.d/x");
        Inspection inspection = inspector.inspect(spec);
        assertThat(inspection.files()).isEmpty();
        assertThat(inspection.violations())
                .extracting(Violation::field)
                .containsExactly(
                        KERNEL,
                        "config.boot.initrd_path",
                        DISK,
                        "config.storage[1].path",
                        "config.storage[2].options.format",
                        "config.console.output",
                        "config.memory.size_bytes");
    }

    @Test
    void saysWhatIsWrongWithAKernel() throws Exception {
        assertThat(problems(Specs.booting("", ""))).containsExactly(KERNEL + ": must be set");
        assertThat(problems(Specs.booting("vmlinuz", "")))
                .containsExactly(KERNEL + ": must be an absolute path: vmlinuz");
        assertThat(problems(Specs.booting("/nonexistent/k", "")))
                .containsExactly(KERNEL + ": does not exist: /nonexistent/k");
        assertThat(problems(Specs.booting(directory.toString(), "")))
                .containsExactly(KERNEL + ": is not a regular file: " + directory);
        assertThat(problems(Specs.booting("/dev/zero", "")))
                .containsExactly(KERNEL + ": is not a regular file: /dev/zero");
        assertThat(problems(Specs.booting("/a\0b", "")))
                .containsExactly(KERNEL + ": is not a path");
        assertThat(problems(Specs.booting(kernel + "/x", ""))).hasSize(1);
    }

    @Test
    void bootsAFirmwareInsteadOfAKernel() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), kernel);
        assertThat(inspector.inspect(Specs.bootingFirmware(link.toString())).files())
                .map(GuestFiles::kernel)
                .contains(kernel);
        assertThat(problems(Specs.bootingFirmware(""))).containsExactly(FIRMWARE + ": must be set");
        assertThat(problems(Specs.bootingFirmware("hypervisor-fw")))
                .containsExactly(FIRMWARE + ": must be an absolute path: hypervisor-fw");
        assertThat(problems(Specs.bootingFirmware(directory.toString())))
                .containsExactly(FIRMWARE + ": is not a regular file: " + directory);
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        inspector = LinuxHostInspector.open(state, List.of(elsewhere), List.of());
        assertThat(problems(Specs.bootingFirmware(kernel.toString())))
                .singleElement()
                .asString()
                .startsWith(FIRMWARE + ": is not under a directory of UNKEY_VMCP_ALLOWED_PATHS");
    }

    @Test
    void leavesAnAbsentBootToOthers() {
        Inspection inspection = inspector.inspect(Specs.withoutBoot());
        assertThat(inspection.violations()).isEmpty();
        assertThat(inspection.files()).isEmpty();
    }

    @Test
    void keepsToTheAllowedDirectories() throws Exception {
        Path allowed = Files.createDirectory(directory.resolve("allowed"));
        Path inside = Files.writeString(allowed.resolve("kernel"), "kernel");
        Path out = Files.createSymbolicLink(allowed.resolve("out"), kernel);
        Path linked = Files.createSymbolicLink(directory.resolve("linked"), allowed);
        inspector = LinuxHostInspector.open(state, List.of(linked), List.of());
        assertThat(problems(Specs.booting(inside.toString(), ""))).isEmpty();
        for (Path outside :
                List.of(kernel, out, allowed.resolve("../kernel"), directory.resolve("nothing"))) {
            assertThat(problems(Specs.booting(outside.toString(), "")))
                    .containsExactly(
                            KERNEL
                                    + ": is not under a directory of UNKEY_VMCP_ALLOWED_PATHS: "
                                    + outside);
        }
    }

    @Test
    void knowsMemoryBeyondTheHost() {
        assertThat(problems(Specs.withMemory(kernel, 1L << 60)))
                .singleElement()
                .asString()
                .startsWith("config.memory.size_bytes: is beyond the host's memory of ");
        assertThat(problems(Specs.withMemory(kernel, -1))).isEmpty();
    }

    @Test
    void findsOutADisksFormat() throws Exception {
        Path image = image(3, 0, 0);
        assertThat(formatOf(Specs.disk(image))).isEqualTo(DiskFormat.QCOW2);
        assertThat(formatOf(Specs.disk(image(2, 0, -1)))).isEqualTo(DiskFormat.QCOW2);
        assertThat(formatOf(Specs.disk(image, Map.of("format", "raw")))).isEqualTo(DiskFormat.RAW);
        assertThat(formatOf(Specs.disk(image, Map.of("format", "qcow2"))))
                .isEqualTo(DiskFormat.QCOW2);
        assertThat(formatOf(Specs.disk(kernel))).isEqualTo(DiskFormat.RAW);
    }

    @Test
    void refusesImagesThatNameOtherFiles() throws Exception {
        assertThat(diskProblems(Specs.disk(image(3, 512, 0)))).contains("with a backing file");
        assertThat(diskProblems(Specs.disk(image(2, 512, 0)))).contains("with a backing file");
        assertThat(diskProblems(Specs.disk(image(3, 0, 4)))).contains("external data file");
        assertThat(diskProblems(Specs.disk(image(3, 512, 0), Map.of("format", "qcow2"))))
                .contains("with a backing file");
        assertThat(diskProblems(Specs.disk(image(9, 0, 0)))).contains("of version 9");
    }

    @Test
    void refusesADeclaredQcow2ThatIsNone() {
        assertThat(diskProblems(Specs.disk(kernel, Map.of("format", "qcow2"))))
                .contains("is no qcow2 image");
    }

    @Test
    void refusesAnEmptyDisk() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty"));
        assertThat(diskProblems(Specs.disk(empty, Map.of("format", "raw"))))
                .contains("is an empty file");
    }

    /** Where no device may be opened, it must at least not be refused for what it is. */
    @Test
    void takesABlockDevice() {
        List<Path> devices =
                Stream.of("vda", "sda", "nvme0n1", "xvda", "loop0")
                        .map(name -> Path.of("/dev", name))
                        .filter(Files::exists)
                        .toList();
        List<Path> readable = devices.stream().filter(LinuxHostInspectorTest::opens).toList();
        if (readable.isEmpty()) {
            for (Path device : devices) {
                assertThat(diskProblems(Specs.readOnly(device))).doesNotContain("is not a");
            }
            return;
        }
        assertThat(problems(Specs.withDisks(kernel, Specs.readOnly(readable.getFirst()))))
                .isEmpty();
    }

    private static boolean opens(Path device) {
        try (var bytes = Files.newInputStream(device)) {
            return bytes.read() >= 0;
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void refusesOneFileForTwoDisksWhereOneWrites() throws Exception {
        Path hardLink = Files.createLink(directory.resolve("hard"), kernel);
        Path softLink = Files.createSymbolicLink(directory.resolve("soft"), kernel);
        for (Path other : List.of(kernel, hardLink, softLink)) {
            assertThat(problems(Specs.withDisks(kernel, Specs.readOnly(kernel), Specs.disk(other))))
                    .singleElement()
                    .asString()
                    .startsWith("config.storage[1].path: is the file of another disk");
        }
        assertThat(
                        problems(
                                Specs.withDisks(
                                        kernel, Specs.readOnly(kernel), Specs.readOnly(kernel))))
                .isEmpty();
    }

    private List<String> problems(VmSpec spec) {
        return inspector.inspect(spec).violations().stream().map(Violation::toString).toList();
    }

    private String diskProblems(VmSpec.Disk disk) {
        List<String> problems = problems(Specs.withDisks(kernel, disk));
        assertThat(problems).singleElement().asString().startsWith(DISK + ": ");
        return problems.getFirst();
    }

    private DiskFormat formatOf(VmSpec.Disk disk) {
        Inspection inspection = inspector.inspect(Specs.withDisks(kernel, disk));
        assertThat(inspection.violations()).isEmpty();
        return inspection.files().orElseThrow().disks().getFirst().format();
    }

    private Path image(int version, long backingFile, long features) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(4096);
        header.putInt(0, 0x514649fb).putInt(4, version).putLong(8, backingFile);
        header.putLong(72, features);
        Path image = Files.createTempFile(directory, "image", "");
        return Files.write(image, header.array());
    }
}
