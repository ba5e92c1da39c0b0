package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.LaunchPlan;
import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

    /**
     * What keeps every process from standing here, naming the variable to mend; empty where nothing
     * does. Answers within a millisecond.
     */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /**
     * To be called when the process answers for the first time, before it is told anything: from
     * then on it need not be trusted. Its files are held against what they should be, and it can
     * put no others in their place.
     *
     * @throws com.unkey.vmcp.core.failure.VmException failed where they are something else
     */
    default void settled(ShortId id) {}

    /** The place of a VM's process that was started before; its command is empty. */
    Place find(ShortId id);

    /**
     * Removes everything that was made for the VM outside its run directory; its process is gone.
     * Idempotent; knows the VM by its short id alone.
     */
    void clear(ShortId id);
}
