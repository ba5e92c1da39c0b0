package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The host's own hypervisor, without which a VMM runs no guest.
 *
 * @param title of the VMM, for messages
 * @param devices by one of which the VMM gets at it
 */
public record Kvm(String title, List<Path> devices) {

    private static final Path KVM = Path.of("/dev/kvm");

    public Kvm {
        devices = List.copyOf(devices);
    }

    /** For a VMM that has a choice of devices. */
    public static Kvm or(Path other, String title) {
        return new Kvm(title, List.of(KVM, other));
    }

    /** For a VMM that knows KVM alone. */
    public static Kvm alone(String title) {
        return new Kvm(title, List.of(KVM));
    }

    /** What keeps any guest from running here; empty where nothing does. */
    public Optional<String> trouble() {
        if (devices.stream().anyMatch(Kvm::isOpenToUs)) {
            return Optional.empty();
        }
        return Optional.of(
                "%s cannot run here: %s %s"
                        .formatted(
                                title,
                                KVM,
                                Files.exists(KVM)
                                        ? "may not be read and written by this user"
                                        : "is not there"));
    }

    /**
     * Tells a VMM's failure as what it is where no VMM could have done better.
     *
     * @param failure of a VMM that did not start its guest
     * @throws VmException unavailable where none could
     */
    public void require(VmException failure) {
        Optional<String> trouble = trouble();
        if (trouble.isPresent()) {
            throw VmException.unavailable(trouble.get(), failure);
        }
    }

    private static boolean isOpenToUs(Path device) {
        return Files.isReadable(device) && Files.isWritable(device);
    }
}
