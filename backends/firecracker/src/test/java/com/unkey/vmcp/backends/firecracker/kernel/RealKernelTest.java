package com.unkey.vmcp.backends.firecracker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.unkey.vmcp.testkit.firecracker.FirecrackerProgram;
import com.unkey.vmcp.testkit.firecracker.FirecrackerServer;
import com.unkey.vmcp.testkit.guest.LinuxImages;
import com.unkey.vmcp.testkit.microhttp.ApiSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A distribution's kernel, taken out of its bzImage, and the real Firecracker. */
class RealKernelTest {

    @TempDir private Path directory;

    @Test
    void firecrackerLoadsIt() throws Exception {
        Optional<Path> program = FirecrackerProgram.installed();
        Assumptions.assumeTrue(program.isPresent(), FirecrackerProgram.MISSING);
        Path bzImage = LinuxImages.find().bzImage();
        Path vmlinux = new KernelImages(directory.resolve("kernels")).bootable(bzImage);
        assertThat(vmlinux).isNotEqualTo(bzImage);
        Path run = Files.createDirectory(directory.resolve("run"));
        try (FirecrackerServer server = FirecrackerProgram.start(program.get(), run, List.of());
                ApiSocket api = server.connect()) {
            assertThat(bootSource(api, bzImage)).isEqualTo(204);
            assertThat(start(api)).as("a bzImage is refused").isEqualTo(400);
            assertThat(bootSource(api, vmlinux)).isEqualTo(204);
            assertThat(start(api)).as("its vmlinux is not").isEqualTo(204);
        }
    }

    private static int bootSource(ApiSocket api, Path kernel) throws Exception {
        return api.put("boot-source", "{\"kernel_image_path\":\"" + kernel + "\"}").status();
    }

    private static int start(ApiSocket api) throws Exception {
        return api.put("actions", "{\"action_type\":\"InstanceStart\"}").status();
    }
}
