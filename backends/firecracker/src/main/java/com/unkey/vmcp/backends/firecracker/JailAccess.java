package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import com.unkey.vmcp.core.failure.VmFailure;
import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the files of a guest that its jailed process could not open, before anything is started.
 * Only the file itself counts: it is shown in the jail, so that the directories above it are not
 * passed. Access control lists are not looked at.
 */
final class JailAccess {

    private final LaunchPlan plan;
    private final JailIds.Ids ids;
    private final List<Violation> refused = new ArrayList<>();

    private JailAccess(LaunchPlan plan, JailIds.Ids ids) {
        this.plan = plan;
        this.ids = ids;
    }

    /**
     * @throws VmException invalid where there are such files, with all of them by field
     */
    static void require(
            LaunchPlan plan, JailIds.Ids ids, List<Path> readOnly, List<Path> writable) {
        JailAccess access = new JailAccess(plan, ids);
        readOnly.forEach(file -> access.look(file, false));
        writable.forEach(file -> access.look(file, true));
        if (!access.refused.isEmpty()) {
            throw new VmException(new VmFailure.Invalid(access.refused));
        }
    }

    private void look(Path file, boolean writing) {
        try {
            Inode inode = Inode.of(file);
            if (!inode.opensFor(ids, writing)) {
                refuse(file, trouble(inode, writing));
            }
        } catch (IOException _) {
            refuse(file, "is not there");
        }
    }

    private String trouble(Inode inode, boolean writing) {
        return "cannot be %s in the jail, by uid %d and gid %d: it is uid %d's and gid %d's, mode %s"
                .formatted(
                        writing ? "written" : "read",
                        ids.uid(),
                        ids.gid(),
                        inode.uid(),
                        inode.gid(),
                        inode.permissions());
    }

    /** By the field and the path that the client gave. */
    private void refuse(Path file, String why) {
        GuestFiles files = plan.definition().files();
        List<VmSpec.Disk> disks = plan.definition().spec().devices().disks();
        for (int i = 0; i < disks.size(); i++) {
            if (files.disks().get(i).path().equals(file)) {
                add("config.storage[%d].path".formatted(i), why, disks.get(i).path());
                return;
            }
        }
        plan.definition()
                .spec()
                .boot()
                .ifPresent(
                        boot -> {
                            if (files.initrd().filter(file::equals).isPresent()) {
                                add("config.boot.initrd_path", why, boot.initrdPath());
                            } else {
                                add("config.boot.kernel_path", why, boot.kernelPath());
                            }
                        });
    }

    private void add(String field, String why, String given) {
        refused.add(new Violation(field, why + ": " + given));
    }
}
