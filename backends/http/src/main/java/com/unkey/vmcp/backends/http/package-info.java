/**
 * HTTP to VMMs that serve their API on a unix socket. Start at {@link
 * com.unkey.vmcp.backends.http.HttpLinks}, which opens a {@link
 * com.unkey.vmcp.backends.http.HttpLink} for each VMM.
 *
 * <p>Made for servers on the micro-http library: they answer one request at a time, know no
 * chunking, may answer one bad request several times, and greet a client too many with an answer
 * that nobody asked for. So a link has one connection at most and one call under way at most, and
 * gives up a connection on which anything went wrong.
 *
 * <p>Callers block, with a limit each, on threads of their own; one event loop thread moves the
 * bytes of all links. Depends on core for its failures and on Netty, never on an adapter: what the
 * answers mean is theirs.
 */
@NullMarked
package com.unkey.vmcp.backends.http;

import org.jspecify.annotations.NullMarked;
