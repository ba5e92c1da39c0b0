package com.unkey.vmcp.rpc;

import com.unkey.vmcp.connect.FieldNames;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What the server is to keep to.
 *
 * @param address where to listen; port 0: any that is free
 * @param version of the daemon, as health answers it
 * @param maxMessageBytes largest request message
 * @param bodyTimeout how long the body of a JSON call may take to arrive
 * @param idleTimeout how long a connection without a call under way is kept
 * @param stopTimeout how long calls under way are waited for at stop
 */
public record ServerSettings(
        InetSocketAddress address,
        String version,
        FieldNames fieldNames,
        int maxMessageBytes,
        Duration bodyTimeout,
        Duration idleTimeout,
        Duration stopTimeout) {

    private static final int DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

    /** Settings of which only the first two are a matter of the place. */
    public static ServerSettings of(InetSocketAddress address, String version) {
        return new ServerSettings(
                address,
                version,
                FieldNames.PROTO,
                DEFAULT_MAX_MESSAGE_BYTES,
                Duration.ofSeconds(30),
                // Longer than clients keep idle connections in their pools: they are to be first.
                Duration.ofMinutes(5),
                Duration.ofSeconds(5));
    }
}
