package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.core.failure.VmException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What {@code vm.info} tells.
 *
 * @param config the VM's configuration, defaults and generated names filled in
 */
record VmInfo(State state, JsonNode config) {

    /** States that Cloud Hypervisor tells; {@code CREATED} is also that of a VM shut down. */
    enum State {
        CREATED,
        RUNNING,
        PAUSED
    }

    static VmInfo of(JsonNode answer) {
        String state = answer.path("state").asString("");
        return new VmInfo(
                switch (state) {
                    case "Created" -> State.CREATED;
                    case "Running" -> State.RUNNING;
                    case "Paused" -> State.PAUSED;
                    default ->
                            throw VmException.vmmFailed(
                                    "Cloud Hypervisor tells of a VM in state \"" + state + "\"");
                },
                answer.path("config"));
    }

    /** Pseudo-terminal of the serial port. */
    Optional<Path> terminal() {
        JsonNode serial = config.path("serial");
        return ConsoleKind.isTerminal(serial)
                ? Optional.of(serial.path("file").asString(""))
                        .filter(file -> !file.isEmpty())
                        .map(Path::of)
                : Optional.empty();
    }
}
