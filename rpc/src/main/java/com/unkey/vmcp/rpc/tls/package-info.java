/**
 * TLS from PEM files that may change while the server runs. Start at {@link
 * com.unkey.vmcp.rpc.tls.Tls}; {@code TlsMaterial} is what one look at the files yields.
 *
 * <p>Files are read on a thread that {@code Tls} owns; handshakes take what was read last and never
 * wait for a disk. Depends on Armeria, Netty and the JDK's own TLS; knows nothing of calls.
 */
@NullMarked
package com.unkey.vmcp.rpc.tls;

import org.jspecify.annotations.NullMarked;
