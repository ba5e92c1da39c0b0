package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.port.ProcessHost;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where one Firecracker process stands.
 *
 * @param command program and arguments that start it: id, API socket, log and metrics included
 * @param socket its API socket, as the daemon reaches it
 * @param log its log, as the daemon reads it
 * @param metrics its metrics, as the daemon reads them
 * @param inside the name by which the process knows a file of the guest
 * @param outside words of the process, with the names by which the daemon knows those files
 * @param enclosure what has to be made for the process as it is started; empty where it stands bare
 */
record Place(
        List<String> command,
        Path socket,
        Path log,
        Path metrics,
        UnaryOperator<Path> inside,
        UnaryOperator<String> outside,
        Optional<ProcessHost.Enclosure> enclosure) {

    Place {
        command = List.copyOf(command);
    }
}
