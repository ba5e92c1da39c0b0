package com.unkey.vmcp.backends.firecracker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelImagesTest {

    private static final byte[] VMLINUX = BzImages.vmlinux(600_000, 1);

    /** Halves are further apart than the library's own window, and than a block of LZ4. */
    private static final int FAR = 20 << 20;

    @TempDir private Path directory;

    private Path cache;
    private KernelImages images;

    @BeforeEach
    void open() {
        cache = directory.resolve("state/kernels");
        images = new KernelImages(cache);
    }

    @Test
    void takesAVmlinuxAsItIs() throws IOException {
        Path kernel = file("vmlinux", VMLINUX);
        assertThat(images.bootable(kernel)).isEqualTo(kernel);
        assertThat(cache).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void takesTheVmlinuxOutOfABzImage(Packing packing) throws IOException {
        Path vmlinux = images.bootable(kernel(packing, VMLINUX));
        assertThat(vmlinux).hasBinaryContent(VMLINUX).hasParent(cache);
        assertThat(mode(vmlinux)).isEqualTo("r--r--r--");
        assertThat(mode(cache)).isEqualTo("rwxr-xr-x");
        assertThat(kept()).containsExactly(vmlinux);
    }

    @ParameterizedTest
    @EnumSource(names = {"ZSTD", "LZ4"})
    void takesLargeOnes(Packing packing) throws IOException {
        byte[] large = BzImages.vmlinux(FAR, 2);
        assertThat(images.bootable(kernel(packing, large))).hasBinaryContent(large);
    }

    @Test
    void keepsWhatItTookOut() throws IOException {
        Path kernel = kernel(Packing.LZ4, VMLINUX);
        Path vmlinux = images.bootable(kernel);
        Object inode = Files.getAttribute(vmlinux, "unix:ino");
        assertThat(images.bootable(kernel)).isEqualTo(vmlinux);
        assertThat(new KernelImages(cache).bootable(kernel)).isEqualTo(vmlinux);
        assertThat(Files.getAttribute(vmlinux, "unix:ino")).isEqualTo(inode);
    }

    @Test
    void knowsAKernelUnderAnotherName() throws IOException {
        Path vmlinux = images.bootable(kernel(Packing.GZIP, VMLINUX));
        Path copy = file("copy", BzImages.of(Packing.GZIP, VMLINUX));
        assertThat(images.bootable(copy)).isEqualTo(vmlinux);
    }

    @Test
    void seesThatAFileWasReplaced() throws IOException {
        Path kernel = kernel(Packing.LZO, VMLINUX);
        images.bootable(kernel);
        byte[] other = BzImages.vmlinux(600_000, 3);
        Path fresh = BzImages.write(directory.resolve("fresh"), Packing.LZO, other);
        Files.move(fresh, kernel, StandardCopyOption.REPLACE_EXISTING);
        assertThat(images.bootable(kernel)).hasBinaryContent(other);
    }

    @Test
    void seesThatAFileWasWrittenOverAndItsTimeSetBack() throws IOException {
        FileTime old = FileTime.from(Instant.EPOCH);
        Path kernel = kernel(Packing.LZ4, VMLINUX);
        Files.setLastModifiedTime(kernel, old);
        images.bootable(kernel);
        byte[] other = BzImages.vmlinux(600_000, 4);
        long size = Files.size(kernel);
        BzImages.write(kernel, Packing.LZ4, other);
        Files.setLastModifiedTime(kernel, old);
        assertThat(Files.size(kernel)).isEqualTo(size);
        assertThat(images.bootable(kernel)).hasBinaryContent(other);
    }

    @Test
    void takesAKernelOutOnceForAllWhoAskAtOnce() throws Exception {
        Path kernel = kernel(Packing.BZIP2, VMLINUX);
        List<Callable<Path>> calls = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            calls.add(() -> images.bootable(kernel));
        }
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Path> given = new ArrayList<>();
            for (Future<Path> call : callers.invokeAll(calls)) {
                given.add(call.get());
            }
            assertThat(given).containsOnly(kept().getFirst());
        }
        assertThat(kept())
                .singleElement()
                .satisfies(one -> assertThat(one).hasBinaryContent(VMLINUX));
    }

    @Test
    void takesNothingThatAKilledDaemonLeft() throws IOException {
        Path kernel = kernel(Packing.GZIP, VMLINUX);
        Path vmlinux = images.bootable(kernel);
        Files.delete(vmlinux);
        Path half = cache.resolve(vmlinux.getFileName() + ".new");
        Files.write(half, Arrays.copyOf(VMLINUX, 1000));
        assertThat(new KernelImages(cache).bootable(kernel)).hasBinaryContent(VMLINUX);
        assertThat(half).doesNotExist();
    }

    @Test
    void doesNotTakeAFileThatWasCutShort() throws IOException {
        Path kernel = kernel(Packing.GZIP, VMLINUX);
        Path vmlinux = images.bootable(kernel);
        Files.delete(vmlinux);
        Files.write(vmlinux, Arrays.copyOf(VMLINUX, 1000));
        assertThat(images.bootable(kernel)).hasBinaryContent(VMLINUX);
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatWasCutShort(Packing packing) throws IOException {
        byte[] whole = BzImages.of(packing, VMLINUX);
        refused(
                file("cut", Arrays.copyOf(whole, whole.length / 2)),
                "is a bzImage that was cut short");
        byte[] packed = BzImages.packed(packing, VMLINUX);
        byte[] half = Arrays.copyOf(packed, packed.length / 2);
        refused(file("half", BzImages.around(BzImages.withSize(half, VMLINUX.length))), "payload");
    }

    @ParameterizedTest
    @EnumSource(names = "GZIP", mode = EnumSource.Mode.EXCLUDE)
    void refusesASizeThatIsNotTheVmlinuxs(Packing packing) throws IOException {
        byte[] packed = BzImages.packed(packing, VMLINUX);
        for (int size : new int[] {VMLINUX.length - 1, VMLINUX.length + 1, 100, 0}) {
            refused(
                    file("size" + size, BzImages.around(BzImages.withSize(packed, size))),
                    "payload");
        }
    }

    @Test
    void refusesWhatWouldFillTheDisk() throws IOException {
        byte[] packed = BzImages.packed(Packing.XZ, VMLINUX);
        refused(file("bomb", BzImages.around(BzImages.withSize(packed, -1))), "may have");
        byte[] image = BzImages.of(Packing.GZIP, VMLINUX);
        ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(0x260, VMLINUX.length - 1);
        refused(file("init", image), "is a bzImage whose vmlinux would have 600000 bytes");
    }

    @ParameterizedTest
    @EnumSource(
            names = {"LZO", "LZ4"},
            mode = EnumSource.Mode.EXCLUDE)
    void refusesDamage(Packing packing) throws IOException {
        byte[] image = BzImages.of(packing, VMLINUX);
        for (int at = BzImages.PAYLOAD_AT + 40; at < BzImages.PAYLOAD_AT + 200_000; at += 40_000) {
            byte[] damaged = image.clone();
            damaged[at] ^= 0x55;
            Path kernel = file("damaged", damaged);
            // LZMA and Zstandard's window have no checksum of every byte; what comes out is
            // bounded.
            if (packing != Packing.LZMA) {
                refused(kernel, "is a bzImage whose payload");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void survivesAnyDamage(Packing packing) throws IOException {
        byte[] image = BzImages.of(packing, VMLINUX);
        for (int at = 0; at < 32; at++) {
            byte[] damaged = image.clone();
            damaged[BzImages.PAYLOAD_AT + at] ^= (byte) 0xff;
            Path kernel = file("damaged", damaged);
            try {
                assertThat(images.bootable(kernel)).hasSize(VMLINUX.length);
            } catch (VmException e) {
                assertThat(e.failure()).isInstanceOf(VmFailure.Invalid.class);
            }
        }
    }

    @Test
    void refusesAPayloadThatIsNoVmlinux() throws IOException {
        byte[] text = "x".repeat(5000).getBytes(StandardCharsets.US_ASCII);
        refused(kernel(Packing.GZIP, text), "is a bzImage whose payload is no ELF64 vmlinux");
        byte[] unknown = BzImages.around(new byte[5000]);
        refused(file("unknown", unknown), "is a bzImage whose payload is of an unknown format");
    }

    @Test
    void namesWhatIsNoKernelForFirecracker() throws IOException {
        refused(file("empty", new byte[0]), "but an empty file");
        refused(file("text", "#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII)), "but something");
        refused(file("gz", BzImages.packed(Packing.GZIP, VMLINUX)), "a file compressed with gzip;");
        refused(file("arm", magic(56, "ARMd")), "but an arm64 Image");
        refused(file("uboot", magic(0, "'\5\31V")), "but a U-Boot image");
        byte[] arm = VMLINUX.clone();
        arm[18] = (byte) 183;
        refused(file("elf", arm), "but a 64-bit ELF file for arm64");
        byte[] narrow = VMLINUX.clone();
        narrow[4] = 1;
        refused(file("elf32", narrow), "but a 32-bit ELF file");
        refused(directory, "is not a regular file");
        refused(directory.resolve("absent"), "does not exist");
    }

    @Test
    void refusesABzImageOfAnAncientProtocol() throws IOException {
        byte[] image = BzImages.of(Packing.GZIP, VMLINUX);
        ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putShort(0x206, (short) 0x0207);
        refused(file("old", image), "is a bzImage of boot protocol 2.07");
    }

    private void refused(Path kernel, String why) {
        assertThatThrownBy(() -> images.bootable(kernel))
                .isInstanceOf(VmException.class)
                .hasMessageStartingWith("config.boot.kernel_path: ")
                .hasMessageContaining(why)
                .hasMessageEndingWith(": " + kernel)
                .extracting(e -> ((VmException) e).failure())
                .isInstanceOf(VmFailure.Invalid.class);
        assertThat(kept()).isEmpty();
    }

    private List<Path> kept() {
        if (!Files.exists(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path kernel(Packing packing, byte[] vmlinux) throws IOException {
        return BzImages.write(directory.resolve("vmlinuz"), packing, vmlinux);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    private static byte[] magic(int offset, String text) {
        byte[] bytes = new byte[4096];
        byte[] magic = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(magic, 0, bytes, offset, magic.length);
        return bytes;
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
