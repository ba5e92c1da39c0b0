/**
 * Connections: where the server listens, what a connection may do before there is a call on it, and
 * how connections end. Start at {@link com.unkey.vmcp.rpc.transport.Transport}.
 *
 * <p>Handlers run on the event loop of their connection and keep their state without locks. Depends
 * on Armeria and Netty; knows nothing of calls.
 */
@NullMarked
package com.unkey.vmcp.rpc.transport;

import org.jspecify.annotations.NullMarked;
