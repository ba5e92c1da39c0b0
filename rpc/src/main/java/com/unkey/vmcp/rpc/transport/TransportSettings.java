package com.unkey.vmcp.rpc.transport;

import com.unkey.vmcp.rpc.tls.TlsFiles;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where to listen, and what connections may do.
 *
 * @param address of the TCP port; port 0: any that is free
 * @param socket path of the unix socket beside it
 * @param tls what the TCP port speaks TLS with; where absent, it speaks HTTP in the clear
 * @param headerTimeout how long the headers of a request may take from their first byte, and how
 *     long a handshake
 * @param idleTimeout how long a connection without a call under way is kept
 * @param tlsInterval between two looks at the files of TLS
 * @param maxConnections at once; more are closed as they come
 * @param maxStreams calls at once on one HTTP/2 connection; clients keep more back
 */
public record TransportSettings(
        InetSocketAddress address,
        Optional<Path> socket,
        Optional<TlsFiles> tls,
        Duration headerTimeout,
        Duration idleTimeout,
        Duration tlsInterval,
        int maxConnections,
        int maxStreams) {}
