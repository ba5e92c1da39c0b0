package com.unkey.vmcp.backends.firecracker;

import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where one Firecracker process stands.
 *
 * @param command program and arguments that start it: id, API socket, log and metrics included
 * @param socket its API socket, as the daemon reaches it
 * @param log its log, as the daemon reads it
 * @param metrics its metrics, as the daemon reads them
 * @param inside the name by which the process knows a file of the guest
 */
record Place(
        List<String> command, Path socket, Path log, Path metrics, UnaryOperator<Path> inside) {

    Place {
        command = List.copyOf(command);
    }
}
