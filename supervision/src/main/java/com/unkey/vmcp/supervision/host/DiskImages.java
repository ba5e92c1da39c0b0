package com.unkey.vmcp.supervision.host;

import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.VmSpec.Disk;
import com.unkey.vmcp.supervision.FileFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at disk images: what they are, and that they name no other file to be opened. */
final class DiskImages {

    private static final String FORMAT = "format";

    private final InputPaths paths;

    DiskImages(InputPaths paths) {
        this.paths = paths;
    }

    /** The disks in the spec's order; those with findings are left out. */
    List<DiskFile> inspect(List<Disk> disks, Findings findings) {
        List<DiskFile> files = new ArrayList<>();
        List<Use> uses = new ArrayList<>();
        for (int i = 0; i < disks.size(); i++) {
            Disk disk = disks.get(i);
            String field = "config.storage[" + i + "]";
            Optional<Path> real = resolve(field + ".path", disk, findings);
            if (real.isPresent()) {
                share(field + ".path", disk, real.get(), uses, findings);
                format(field, disk, real.get(), findings)
                        .ifPresent(format -> files.add(new DiskFile(real.get(), format)));
            }
        }
        return files;
    }

    private Optional<Path> resolve(String field, Disk disk, Findings findings) {
        Optional<Path> real =
                paths.resolve(field, disk.path(), InputPaths.Kind.FILE_OR_BLOCK_DEVICE, findings);
        if (real.isPresent() && !disk.readOnly() && !Files.isWritable(real.get())) {
            return findings.wrong(
                    field, "cannot be written and the disk is not read_only: " + disk.path());
        }
        return real;
    }

    private static void share(
            String field, Disk disk, Path real, List<Use> uses, Findings findings) {
        Use use = new Use(real, identity(real), disk.readOnly());
        if (uses.stream().anyMatch(use::clashes)) {
            findings.wrong(
                    field, "is the file of another disk, and one of them writes: " + disk.path());
        }
        uses.add(use);
    }

    private static Optional<FileId> identity(Path real) {
        try {
            FileFacts facts = FileFacts.of(real);
            return Optional.of(new FileId(facts.device(), facts.inode()));
        } catch (IOException _) {
            // Gone since it was resolved; reading its format will tell.
            return Optional.empty();
        }
    }

    private static Optional<DiskFormat> format(
            String field, Disk disk, Path real, Findings findings) {
        Optional<DiskFormat> declared = declared(field, disk, findings);
        if (declared.isEmpty() && disk.options().containsKey(FORMAT)) {
            return Optional.empty();
        }
        try {
            DiskHeader header = DiskHeader.read(real);
            return checked(field, disk, declared, header, findings);
        } catch (IOException _) {
            return findings.wrong(field + ".path", "cannot be read: " + disk.path());
        }
    }

    private static Optional<DiskFormat> declared(String field, Disk disk, Findings findings) {
        return switch (disk.options().get(FORMAT)) {
            case null -> Optional.empty();
            case "raw" -> Optional.of(DiskFormat.RAW);
            case "qcow2" -> Optional.of(DiskFormat.QCOW2);
            case String other ->
                    findings.wrong(
                            field + ".options." + FORMAT, "must be raw or qcow2, got: " + other);
        };
    }

    private static Optional<DiskFormat> checked(
            String field,
            Disk disk,
            Optional<DiskFormat> declared,
            DiskHeader header,
            Findings findings) {
        DiskFormat format = declared.orElseGet(header::format);
        if (header.isEmpty()) {
            return findings.wrong(field + ".path", "is an empty file: " + disk.path());
        }
        if (format == DiskFormat.RAW) {
            return Optional.of(format);
        }
        return header.whyNotQcow2()
                .<Optional<DiskFormat>>map(
                        reason -> findings.wrong(field + ".path", reason + ": " + disk.path()))
                .orElseGet(() -> Optional.of(format));
    }

    private record FileId(long device, long inode) {}

    /** Use of a file by a disk. */
    private record Use(Path real, Optional<FileId> file, boolean readOnly) {

        private boolean clashes(Use other) {
            boolean same = real.equals(other.real) || (file.isPresent() && file.equals(other.file));
            return same && !(readOnly && other.readOnly);
        }
    }
}
