package com.unkey.vmcp.testkit.host;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.HostInspector;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFile;
import com.unkey.vmcp.core.vm.GuestFiles.DiskFormat;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A host on which every path exists; a disk whose name ends in {@code .qcow2} is one. Safe on every
 * thread.
 */
public final class FakeHost implements HostInspector {

    private final Set<Path> claimed = ConcurrentHashMap.newKeySet();
    private volatile List<Violation> violations = List.of();

    /** Finds these wrong with every spec. */
    public void find(List<Violation> wrong) {
        violations = List.copyOf(wrong);
    }

    /** Console files that are claimed. */
    public Set<Path> claimed() {
        return Set.copyOf(claimed);
    }

    @Override
    public Inspection inspect(VmSpec spec) {
        if (!violations.isEmpty() || spec.boot().isEmpty()) {
            return new Inspection(violations, Optional.empty());
        }
        VmSpec.Boot boot = spec.boot().get();
        return new Inspection(
                List.of(),
                Optional.of(
                        new GuestFiles(
                                Path.of(boot.firmware().orElseGet(boot::kernelPath)),
                                given(boot.initrdPath()),
                                spec.devices().disks().stream().map(FakeHost::disk).toList(),
                                spec.devices().console().flatMap(c -> given(c.output())))));
    }

    private static DiskFile disk(VmSpec.Disk disk) {
        DiskFormat format = disk.path().endsWith(".qcow2") ? DiskFormat.QCOW2 : DiskFormat.RAW;
        return new DiskFile(Path.of(disk.path()), format);
    }

    private static Optional<Path> given(String path) {
        return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
    }

    @Override
    public void claimConsole(Path file) {
        if (!claimed.add(file)) {
            throw new VmException(
                    VmFailure.Invalid.field("config.console.output", "is in use: " + file));
        }
    }

    @Override
    public void reclaimConsole(Path file) {
        claimed.add(file);
    }

    @Override
    public void releaseConsole(Path file, boolean remove) {
        claimed.remove(file);
    }
}
