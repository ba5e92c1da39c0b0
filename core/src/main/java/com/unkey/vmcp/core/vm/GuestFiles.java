package com.unkey.vmcp.core.vm;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The host files of a VM, links resolved and disk formats settled once, when the VM was created.
 * VMMs are given these paths and no others.
 *
 * @param kernel image that is booted: the kernel, or the firmware where the spec names one
 * @param initrd initial RAM disk
 * @param disks one for each disk of the spec, in the spec's order
 * @param consoleOutput file that the client named for guest output
 */
public record GuestFiles(
        Path kernel, Optional<Path> initrd, List<DiskFile> disks, Optional<Path> consoleOutput) {

    public GuestFiles {
        disks = List.copyOf(disks);
    }

    /** A disk image or block device and how it is to be read. */
    public record DiskFile(Path path, DiskFormat format) {}

    /** Disk formats the daemon knows. */
    public enum DiskFormat {
        RAW,
        QCOW2;

        /** As {@code options.format} spells it. */
        public String label() {
            return this == RAW ? "raw" : "qcow2";
        }
    }
}
