package com.unkey.vmcp.backends.firecracker;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How Firecracker's jailer is used.
 *
 * @param jailer value of {@code UNKEY_VMCP_FC_JAILER}
 * @param uids value of {@code UNKEY_VMCP_FC_JAILER_UIDS}: each VM has one of its own
 * @param gids value of {@code UNKEY_VMCP_FC_JAILER_GIDS}
 * @param chroot value of {@code UNKEY_VMCP_FC_JAILER_CHROOT}: directory below which jails are made
 * @param cgroups value of {@code UNKEY_VMCP_FC_JAILER_CGROUPS}: settings as {@code file=value}
 * @param netns value of {@code UNKEY_VMCP_FC_JAILER_NETNS}: the network namespace to join
 */
public record JailSettings(
        Path jailer,
        IdRange uids,
        IdRange gids,
        Path chroot,
        List<String> cgroups,
        Optional<Path> netns) {

    public JailSettings {
        cgroups = List.copyOf(cgroups);
    }

    /** Numeric user or group ids from {@code first} to {@code last}, both included, above 0. */
    public record IdRange(int first, int last) {

        public IdRange {
            if (first < 1 || last < first) {
                throw new IllegalArgumentException(
                        "no range above 0: %d-%d".formatted(first, last));
            }
        }

        public int size() {
            return last - first + 1;
        }
    }
}
