package com.unkey.vmcp.backends.qemu.accel;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The host's facts that a choice depends on.
 *
 * @param kvmDevice normally {@code /dev/kvm}
 * @param bootId a file, normally {@code /proc/sys/kernel/random/boot_id}
 * @param kernelRelease a file, normally {@code /proc/sys/kernel/osrelease}
 */
record Host(Path kvmDevice, Path bootId, Path kernelRelease) {
    static final Host THIS =
            new Host(
                    Path.of("/dev/kvm"),
                    Path.of("/proc/sys/kernel/random/boot_id"),
                    Path.of("/proc/sys/kernel/osrelease"));

    /** Why KVM cannot even be opened; empty when it can, which proves nothing yet. */
    Optional<String> kvmClosedBecause() {
        try (FileChannel _ =
                FileChannel.open(kvmDevice, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return Optional.empty();
        } catch (NoSuchFileException _) {
            return Optional.of("there is no " + kvmDevice);
        } catch (AccessDeniedException _) {
            return Optional.of("no permission to open " + kvmDevice);
        } catch (IOException e) {
            return Optional.of("opening " + kvmDevice + " failed: " + e.getMessage());
        }
    }

    String readBootId() throws IOException {
        return Files.readString(bootId).strip();
    }

    String readKernelRelease() throws IOException {
        return Files.readString(kernelRelease).strip();
    }
}
