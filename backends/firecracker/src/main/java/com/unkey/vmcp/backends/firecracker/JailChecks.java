package com.unkey.vmcp.backends.firecracker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Holds the jail's settings against the host. */
final class JailChecks {

    private static final int ROOT = 0;
    private static final Path SELF = Path.of("/proc/self");

    private final JailSettings settings;
    private final Cgroups cgroups;

    JailChecks(JailSettings settings, Cgroups cgroups) {
        this.settings = settings;
        this.cgroups = cgroups;
    }

    /** What keeps any jail from being made, naming the variable; empty where nothing does. */
    Optional<String> trouble() {
        try {
            return daemon().or(this::jailer).or(this::netns).or(cgroups::trouble).or(this::chroot);
        } catch (IOException e) {
            return Optional.of("the jail's settings cannot be checked: " + e.getMessage());
        }
    }

    private static Optional<String> daemon() throws IOException {
        return found(
                Inode.of(SELF).uid() != ROOT,
                "UNKEY_VMCP_FC_JAILER is set, and the jailer needs a daemon that runs as root");
    }

    private Optional<String> jailer() {
        Path jailer = settings.jailer();
        return found(
                !Files.isRegularFile(jailer) || !Files.isExecutable(jailer),
                "UNKEY_VMCP_FC_JAILER names %s, which is no executable".formatted(jailer));
    }

    private Optional<String> netns() {
        return settings.netns()
                .filter(Files::notExists)
                .map("UNKEY_VMCP_FC_JAILER_NETNS names %s, which is not there"::formatted);
    }

    private Optional<String> chroot() {
        Path chroot = settings.chroot();
        try {
            JailDirectory.make(chroot);
            return new RootsOwn(Set.of(ROOT))
                    .trouble(chroot)
                    .map(
                            trouble ->
                                    "UNKEY_VMCP_FC_JAILER_CHROOT: %s: %s"
                                            .formatted(chroot, trouble));
        } catch (IOException e) {
            return Optional.of(
                    "UNKEY_VMCP_FC_JAILER_CHROOT names %s, which cannot be made a directory: %s"
                            .formatted(chroot, e.getMessage()));
        }
    }

    /** What keeps that program from running in a jail. */
    static Optional<String> programTrouble(Path program) {
        try {
            return found(
                    !StaticProgram.is(program),
                    "UNKEY_VMCP_FC_BINARY: %s needs libraries, which a jail has not;"
                                    .formatted(program)
                            + " use one that is linked statically");
        } catch (IOException e) {
            return Optional.of(
                    "UNKEY_VMCP_FC_BINARY: %s cannot be read: %s"
                            .formatted(program, e.getMessage()));
        }
    }

    private static Optional<String> found(boolean trouble, String words) {
        return trouble ? Optional.of(words) : Optional.empty();
    }
}
