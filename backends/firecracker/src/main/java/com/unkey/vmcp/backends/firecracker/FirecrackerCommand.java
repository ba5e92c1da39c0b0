package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.vm.ShortId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a Firecracker process. */
final class FirecrackerCommand {

    private FirecrackerCommand() {}

    static List<String> of(Path binary, ShortId id, Path socket, Path log, Path metrics) {
        List<String> command = new ArrayList<>(List.of(binary.toString(), "--id", id.value()));
        command.addAll(arguments(socket, log, metrics));
        return command;
    }

    /**
     * All but program and id. At level Info the log says how the process ended, which nobody else
     * can tell a later daemon; without a log it would be mixed with the guest's output.
     */
    static List<String> arguments(Path socket, Path log, Path metrics) {
        return List.of(
                "--api-sock",
                socket.toString(),
                "--log-path",
                log.toString(),
                "--level",
                "Info",
                "--show-level",
                "--metrics-path",
                metrics.toString());
    }
}
