package com.unkey.vmcp.backends.qemu.qmp;

import tools.jackson.databind.JsonNode;

/** QEMU answered a command with an error. */
final class QmpRefusal extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * @param error the reply's {@code error} member: a class and a description
     */
    QmpRefusal(JsonNode error) {
        super(error.path("desc").asString(error.toString()));
    }
}
