package com.unkey.vmcp.e2e;

import tools.jackson.databind.JsonNode;

/** States as the API names them, the prefix left away. */
final class States {

    static final String CREATED = "CREATED";
    static final String RUNNING = "RUNNING";
    static final String PAUSED = "PAUSED";
    static final String SHUTDOWN = "SHUTDOWN";

    private static final String PREFIX = "VM_STATE_";

    private States() {}

    static String of(JsonNode message) {
        String name = message.path("state").asString("");
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }
}
