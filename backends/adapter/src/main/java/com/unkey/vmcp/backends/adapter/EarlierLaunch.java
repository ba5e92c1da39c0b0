package com.unkey.vmcp.backends.adapter;

import com.unkey.vmcp.core.failure.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** What an earlier launch of the same VM left in its run directory. */
public final class EarlierLaunch {

    private EarlierLaunch() {}

    /**
     * Clears it away. To be called only when no VMM of that launch lives.
     *
     * @param log kept under the same name with {@code .before}
     * @param leftovers sockets and the like; those that are not there do not matter
     * @throws VmException unavailable where it cannot be done
     */
    public static void clearAway(Path log, List<Path> leftovers) {
        try {
            for (Path leftover : leftovers) {
                Files.deleteIfExists(leftover);
            }
            if (Files.exists(log)) {
                Files.move(
                        log,
                        log.resolveSibling(log.getFileName() + ".before"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw VmException.unavailable("the VM's run directory cannot be prepared", e);
        }
    }
}
