package com.unkey.vmcp.testkit.microhttp;

import java.util.Optional;

/** A request that could be parsed; a body of length 0 is none. */
public record HttpRequest(String method, String path, Optional<byte[]> body) {}
