package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The host's own hypervisor, which the VMM opens as it starts: KVM, or Microsoft's. */
final class Kvm {

    private static final List<Path> DEVICES = List.of(Path.of("/dev/kvm"), Path.of("/dev/mshv"));

    private Kvm() {}

    /** What keeps any VMM from starting here; empty where nothing does. */
    static Optional<String> trouble() {
        if (DEVICES.stream().anyMatch(Kvm::isOpenToUs)) {
            return Optional.empty();
        }
        return Optional.of(
                "Cloud Hypervisor cannot run here: /dev/kvm "
                        + (Files.exists(DEVICES.getFirst())
                                ? "may not be read and written by this user"
                                : "is not there"));
    }

    /**
     * @param failure of a VMM that did not start
     * @throws VmException unavailable where no VMM could start
     */
    static void require(VmException failure) {
        Optional<String> trouble = trouble();
        if (trouble.isPresent()) {
            throw VmException.unavailable(trouble.get(), failure);
        }
    }

    private static boolean isOpenToUs(Path device) {
        return Files.isReadable(device) && Files.isWritable(device);
    }
}
