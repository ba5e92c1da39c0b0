package com.unkey.vmcp.testkit.cloudhypervisor;

import java.util.Optional;

/** A request that could be parsed; a body of length 0 is none. */
record HttpRequest(String method, String path, Optional<byte[]> body) {

    private static final String PREFIX = "/api/v1/";

    /** The endpoint's name such as {@code vm.boot}; empty where the path is not the API's. */
    String endpoint() {
        return path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : "";
    }
}
