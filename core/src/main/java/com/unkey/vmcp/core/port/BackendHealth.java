package com.unkey.vmcp.core.port;

/** Whether a backend can serve. */
public sealed interface BackendHealth {

    /** VMs can be launched. */
    record Healthy(String version) implements BackendHealth {}

    /** They cannot; {@code reason} says what to install or set. */
    record Unhealthy(String reason) implements BackendHealth {}
}
