package com.unkey.vmcp.backends.firecracker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of kernels that nobody asks for any more. */
class VmlinuxCacheTest {

    private static final int SIZE = 100_000;
    private static final Duration LEASE = Duration.ofMinutes(5);

    @TempDir private Path directory;

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private KernelImages images;
    private Path one;
    private Path two;
    private Path three;

    @BeforeEach
    void open() throws IOException {
        images = images(2, 10 * SIZE);
        one = kernel(1);
        two = kernel(2);
        three = kernel(3);
    }

    @Test
    void theOneThatWasNotAskedForLongestGoes() {
        Path first = images.bootable(one);
        pass(LEASE);
        Path second = images.bootable(two);
        pass(LEASE);
        images.bootable(one);
        pass(LEASE);
        Path third = images.bootable(three);
        assertThat(second).doesNotExist();
        assertThat(first).exists();
        assertThat(third).exists();
    }

    @Test
    void bytesAreBoundedToo() {
        images = images(100, SIZE);
        Path first = images.bootable(one);
        pass(LEASE);
        Path second = images.bootable(two);
        assertThat(first).doesNotExist();
        assertThat(second).exists();
    }

    @Test
    void aKernelThatWasAskedForJustNowStays() {
        Path first = images.bootable(one);
        pass(Duration.ofSeconds(10));
        Path second = images.bootable(two);
        assertThatThrownBy(() -> images.bootable(three))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("it holds 2 files")
                .extracting(e -> ((VmException) e).failure())
                .isInstanceOf(VmFailure.LimitReached.class);
        assertThat(first).exists();
        assertThat(second).exists();
        pass(LEASE.minusSeconds(10));
        assertThat(images.bootable(three)).exists();
        assertThat(second).exists();
        assertThat(first).doesNotExist();
    }

    @Test
    void aKernelThatWentIsMadeAgain() throws IOException {
        Path first = images.bootable(one);
        byte[] content = Files.readAllBytes(first);
        Files.delete(first);
        assertThat(images.bootable(one)).isEqualTo(first).hasBinaryContent(content);
    }

    @Test
    void anUnusableDirectoryIsNotTheCallersFault() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        KernelImages unusable = new KernelImages(file);
        assertThatThrownBy(() -> unusable.bootable(one))
                .isInstanceOf(VmException.class)
                .extracting(e -> ((VmException) e).failure())
                .isInstanceOf(VmFailure.Unavailable.class);
    }

    private KernelImages images(int files, long bytes) {
        return new KernelImages(
                directory.resolve("kernels"),
                new VmlinuxCache.Limits(files, bytes, LEASE),
                () -> now);
    }

    private Path kernel(int seed) throws IOException {
        return BzImages.write(
                directory.resolve("vmlinuz-" + seed), Packing.GZIP, BzImages.vmlinux(SIZE, seed));
    }

    private void pass(Duration time) {
        now = now.plus(time).plusSeconds(1);
    }
}
