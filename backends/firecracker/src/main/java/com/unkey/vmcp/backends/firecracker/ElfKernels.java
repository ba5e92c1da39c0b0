package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Kernels as they are. */
final class ElfKernels {

    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};

    private ElfKernels() {}

    /**
     * The same file.
     *
     * @throws VmException invalid where it is no ELF image
     */
    static Path bootable(Path kernel) {
        try (InputStream image = Files.newInputStream(kernel)) {
            if (Arrays.equals(image.readNBytes(MAGIC.length), MAGIC)) {
                return kernel;
            }
        } catch (IOException e) {
            throw refused("cannot be read: " + e.getClass().getSimpleName());
        }
        throw refused("is no uncompressed ELF image, and Firecracker boots nothing else");
    }

    private static VmException refused(String why) {
        return new VmException(VmFailure.Invalid.field("config.boot.kernel_path", why));
    }
}
