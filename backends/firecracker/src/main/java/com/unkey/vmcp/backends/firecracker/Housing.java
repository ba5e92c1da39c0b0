package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.List;

/** Where Firecracker processes stand: bare on the host, or in a jail. */
interface Housing {

    /**
     * Makes a place for one process that is about to be started; what an earlier one of the VM left
     * is cleared away. The VM's run directory is there. On failure nothing is left.
     *
     * @param readOnly files of the guest that the process will open for reading
     * @param writable files of the guest that it will open for reading and writing
     * @throws com.unkey.vmcp.core.failure.VmException invalid where the process could not open one
     *     of them, naming it
     */
    Place furnish(LaunchPlan plan, List<Path> readOnly, List<Path> writable);

    /** The place of a VM's process that was started before. */
    Place find(ShortId id);

    /**
     * Removes everything that was made for the VM outside its run directory; its process is gone.
     * Idempotent; knows the VM by its short id alone.
     */
    void clear(ShortId id);
}
