package com.unkey.vmcp.backends.firecracker;

import com.unkey.vmcp.core.failure.VmException;
import tools.jackson.databind.JsonNode;

/**
 * What a Firecracker tells of itself.
 *
 * @param version of the program
 */
record Instance(State state, String version) {

    /** States of its guest. */
    enum State {
        NOT_STARTED,
        RUNNING,
        PAUSED
    }

    static Instance of(JsonNode answer) {
        String state = answer.path("state").asString("");
        return new Instance(
                switch (state) {
                    case "Not started" -> State.NOT_STARTED;
                    case "Running" -> State.RUNNING;
                    case "Paused" -> State.PAUSED;
                    default ->
                            throw VmException.vmmFailed(
                                    "Firecracker tells of a guest in state \"" + state + "\"");
                },
                answer.path("vmm_version").asString(""));
    }
}
