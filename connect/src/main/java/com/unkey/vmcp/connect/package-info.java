/**
 * The Connect protocol for any grpc-java service, on Armeria. Start at {@link
 * com.unkey.vmcp.connect.ConnectService}: it owns the paths of the services it is given, hands the
 * gRPC family of protocols to an Armeria service and answers everything else itself.
 *
 * <p>Spoken so far: unary methods by POST with {@code application/json}. Each method has a handler
 * that is prepared once ({@code UnaryHandler}); each call becomes an {@link io.grpc.ServerCall}
 * ({@code UnaryCall}), so interceptors see what they see under gRPC. Another encoding is another
 * {@code Codec}; streams and GET are further handlers beside the unary one.
 *
 * <p>Bodies arrive on Armeria's event loops, which are never blocked: decoding, interceptors and
 * methods run on the executor in {@link com.unkey.vmcp.connect.ConnectOptions}. Knows nothing of
 * virtual machines and depends on no other module.
 */
@NullMarked
package com.unkey.vmcp.connect;

import org.jspecify.annotations.NullMarked;
