package com.unkey.vmcp.core.port;

import com.unkey.vmcp.core.vm.GuestFiles;
import com.unkey.vmcp.core.vm.Violation;
import com.unkey.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Holds a spec against this host: files, memory, processors. Changes nothing but console files. */
public interface HostInspector {

    /**
     * Looks at every path and size in the spec; paths must be absolute, of the right kind, readable
     * (disks writable unless read-only) and, links resolved, within the allowed directories.
     *
     * @return all that is wrong; {@code files} is there where nothing is
     */
    Inspection inspect(VmSpec spec);

    /**
     * Makes the console file that a client named, mode 0600, or takes one that was made before.
     *
     * @throws com.unkey.vmcp.core.failure.VmException invalid where somebody else's file is there
     *     or another VM writes it
     */
    void claimConsole(Path file);

    /** Takes a file of a recorded VM again after a restart. */
    void reclaimConsole(Path file);

    /** Gives up a claim; {@code remove} also removes the file, where the claim had made it. */
    void releaseConsole(Path file, boolean remove);

    /** Result of an inspection. */
    record Inspection(List<Violation> violations, Optional<GuestFiles> files) {
        public Inspection {
            violations = List.copyOf(violations);
        }
    }
}
